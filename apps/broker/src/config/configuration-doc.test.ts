import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderBrokerReference, renderDefault } from './configuration-doc.js';
import { allKeys } from './keys.js';

const documentPath = join(__dirname, '../../../../docs/configuration.md');
const begin = '<!-- broker:begin -->';
const end = '<!-- broker:end -->';
const toRegenerate =
  'To bring it up to date: WRITE_DOCS=1 npx jest apps/broker/src/config/configuration-doc.test.ts';

interface Section {
  readonly before: string;
  readonly reference: string;
  readonly after: string;
}

function readSection(): Section {
  const text = readFileSync(documentPath, 'utf8');
  const [from, to] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
  if (from < begin.length || to < from) throw new Error(`${documentPath} lacks ${begin} … ${end}`);
  return { before: text.slice(0, from), reference: text.slice(from, to).trim(), after: text.slice(to) };
}

/** Key and default of each row of the tables. */
function documentedDefaults(reference: string): Record<string, string> {
  const rows = [...reference.matchAll(/^\| `([^`]+)` \| (.+?) \|/gm)];
  return Object.fromEntries(rows.map(([, key = '', value = '']) => [key, value]));
}

describe('docs/configuration.md', () => {
  beforeAll(() => {
    if (process.env.WRITE_DOCS === undefined) return;
    const { before, after } = readSection();
    writeFileSync(documentPath, `${before}\n\n${renderBrokerReference()}\n\n${after}`);
  });

  it('names exactly the keys that exist, with their defaults', () => {
    const defaults = Object.fromEntries(allKeys.map(([name, key]) => [name, renderDefault(key.default)]));
    expect(documentedDefaults(readSection().reference)).toEqual(defaults);
  });

  it('says of each key what the table says', () => {
    const upToDate = readSection().reference === renderBrokerReference();
    expect(upToDate ? 'up to date' : `The broker's reference is out of date. ${toRegenerate}`).toBe(
      'up to date',
    );
  });
});
