import { sections, type ConfigKey } from './keys.js';

/** The tables of the manual's page on agent.conf, in Markdown; a test keeps the page equal to them. */
export function renderConfigurationDoc(): string {
  return Object.entries(sections)
    .map(([name, keys]) => {
      const rows = Object.entries<ConfigKey>(keys).map(([key, entry]) => row(key, entry));
      return [
        `### \`[${name}]\``,
        '',
        '| Key | Default | Meaning |',
        '| --- | --- | --- |',
        ...rows,
        '',
      ].join('\n');
    })
    .join('\n')
    .trimEnd();
}

function row(name: string, key: ConfigKey): string {
  const origin = key.ours ? ' *(addition)*' : '';
  return `| \`${name}\`${origin} | ${defaultText(key)} | ${key.describes} Value: ${key.expects}. |`;
}

function defaultText(key: ConfigKey): string {
  if (key.required) return '**required**';
  if (key.default === undefined) return '–';
  if (typeof key.default === 'object') return `\`${key.default.linux}\`; Windows: \`${key.default.windows}\``;
  return `\`${key.default}\``;
}
