import type { ConfigKey, ConfigValue } from './config-key.js';
import { largestInteger } from './config-key.js';
import { keyGroups } from './keys.js';

/** Shown for keys that have no default. */
const none = '–';

/** The broker's part of `docs/configuration.md`: for each group of keys a table in Markdown, made from the key table. */
export function renderBrokerReference(): string {
  const groups = keyGroups.map(({ title, keys }) => {
    const rows = Object.entries<ConfigKey>(keys).map(([name, key]) => renderRow(name, key));
    return [
      `### ${title}`,
      '',
      '| Key | Default | Meaning | Status |',
      '| --- | --- | --- | --- |',
      ...rows,
    ].join('\n');
  });
  // Without this, the formatter would realign every table when one cell changes.
  return ['<!-- prettier-ignore-start -->', ...groups, '<!-- prettier-ignore-end -->'].join('\n\n');
}

/** A default as the document shows it, in the spelling of the file. */
export function renderDefault(value: ConfigValue): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return none;
  return `\`${Array.isArray(value) ? value.join(', ') : String(value)}\``;
}

function renderRow(name: string, key: ConfigKey): string {
  const meaning = [key.describes, renderRange(key)].filter((part) => part !== '').join(' ');
  return `| \`${name}\` | ${renderDefault(key.default)} | ${cell(meaning)} | ${cell(renderStatus(key))} |`;
}

function renderRange(key: ConfigKey): string {
  switch (key.kind) {
    case 'boolean':
      return '`true` or `false`.';
    case 'integer': {
      const unit = key.unit === 'count' ? '' : `In ${key.unit}. `;
      if (key.max < largestInteger) return `${unit}From ${key.min} to ${key.max}.`;
      return `${unit}At least ${key.min}.`;
    }
    case 'choice':
      return `${key.choices.map((choice) => `\`${choice}\``).join(' or ')}.`;
    case 'port':
    case 'text':
    case 'absolute-path':
    case 'https-origin':
    case 'host':
    case 'host-list':
      return '';
  }
}

function renderStatus({ status }: ConfigKey): string {
  switch (status.kind) {
    case 'implemented':
      return 'in use';
    case 'later':
      return `later: ${status.reason}`;
    case 'ignored':
      return `ignored: ${status.reason}`;
  }
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
