import { NOTICE } from '../about.js';
import type { AnyCommand } from './command.js';
import type { Option } from './options.js';

export const HELP_OPTION: Option = { name: 'help', short: 'h', summary: 'Show this help' };

/** The help of `dcv` as a whole. */
export function generalHelp(commands: readonly AnyCommand[]): string {
  const rows = [
    ...commands.map(({ name, summary }) => [name, summary] as const),
    ['version', 'Show the version'] as const,
    ['help', 'Show help, also of one command'] as const,
  ];
  return `Usage:\n  dcv COMMAND [OPTION...]\n\nCommands:\n${table(rows)}\n${NOTICE}\n`;
}

/** The help of one command. */
export function commandHelp({ name, operands, summary, options }: AnyCommand): string {
  const rows = [...options, HELP_OPTION].map((option) => [flags(option), option.summary] as const);
  return (
    `Usage:\n  dcv ${name} [OPTION...] ${operands}`.trimEnd() +
    `\n\n${summary}\n\nOptions:\n${table(rows)}\n${NOTICE}\n`
  );
}

function flags({ name, short, value }: Option): string {
  const start = short === undefined ? '    ' : `-${short}, `;
  return `${start}--${name}${value === undefined ? '' : ` ${value}`}`;
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length)) + 3;
  return rows.map(([left, right]) => `  ${left.padEnd(width)}${right}\n`).join('');
}
