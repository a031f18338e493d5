import type { Colour } from '../text/paint.js';
import { plural } from '../text/quantities.js';
import { row } from '../text/rows.js';
import type { TextStyle } from '../text/style.js';
import type { NamedFinding } from './checks.js';
import type { Finding } from './finding.js';

const COLOURS: Readonly<Record<Finding['level'], Colour>> = { ok: 'green', warn: 'yellow', fail: 'red' };

/** The findings for people: what is wrong, and how to mend it in the line below. */
export function doctorText(findings: readonly NamedFinding[], style: TextStyle): string {
  const lines = findings.flatMap((finding) => findingLines(finding, style));
  const count = (level: Finding['level']): number =>
    findings.filter((finding) => finding.level === level).length;
  const summary = `${plural(count('fail'), 'failure')}, ${plural(count('warn'), 'warning')}, ${count('ok')} in order`;
  return `${[...lines, '', summary].join('\n')}\n`;
}

function findingLines({ check, level, message, remedy }: NamedFinding, style: TextStyle): string[] {
  const mark = style.paint(COLOURS[level], level.padEnd(4));
  const title = `${check.padEnd(13)} ${mark}`;
  return [...row(style, title, [message]), ...(remedy === null ? [] : row(style, '', [`-> ${remedy}`]))];
}
