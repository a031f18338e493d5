import { printable } from './printable.js';

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string | number | undefined;
}

/** Columns as wide as their widest cell, two blanks between them; no line ends with blanks. */
export function tableLines<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
  const cells = rows.map((row) => columns.map(({ cell }) => shown(cell(row))));
  const all = [columns.map(({ title }) => title), ...cells];
  const widths = columns.map((_, index) => Math.max(...all.map((line) => width(line[index] ?? ''))));
  return all.map((line) =>
    line
      .map((text, index) => text + ' '.repeat((widths[index] ?? 0) - width(text)))
      .join('  ')
      .trimEnd(),
  );
}

function shown(value: string | number | undefined): string {
  if (value === undefined || value === '') return '-';
  return printable(String(value));
}

/** In code points: close enough for what names of sessions and hosts are made of. */
function width(text: string): number {
  return [...text].length;
}
