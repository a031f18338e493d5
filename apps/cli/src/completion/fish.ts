import type { OptionOutline, ProgramOutline } from './outline.js';

/** For `dcvsm completion fish | source`, or a file in `~/.config/fish/completions`. */
export function fishCompletion({ options, commands }: ProgramOutline): string {
  const names = commands.map(({ name }) => name).join(' ');
  const lines = [
    '# Completion of dcvsm for fish: dcvsm completion fish | source',
    'complete -c dcvsm -f',
    ...options.map((option) => optionLine(option)),
    ...commands.map(
      ({ name, description }) =>
        `complete -c dcvsm -n ${quoted(`not __fish_seen_subcommand_from ${names}`)} -a ${name} -d ${quoted(description)}`,
    ),
    ...commands.flatMap(({ name, options: own }) =>
      own.map((option) => optionLine(option, `__fish_seen_subcommand_from ${name}`)),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function optionLine({ name, description, value }: OptionOutline, condition?: string): string {
  return [
    'complete -c dcvsm',
    ...(condition === undefined ? [] : [`-n ${quoted(condition)}`]),
    `-l ${name.replace(/^--/, '')}`,
    ...valueFlags(value),
    `-d ${quoted(description)}`,
  ].join(' ');
}

function valueFlags(value: OptionOutline['value']): string[] {
  if (value === 'none') return [];
  if (value === 'file') return ['-r', '-F'];
  return value === 'text' ? ['-x'] : ['-x', `-a ${quoted(value.join(' '))}`];
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
