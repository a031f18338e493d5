import { existsSync, readdirSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { read, repository } from './repository.js';

const PAGE = 'docs/compatibility.md';
const RULES = 'apps/broker/test/rules';
const RULE_COUNT = 22;

/** A test file that the page names, with the titles quoted after it and the rule whose row it stands in. */
interface Proof {
  readonly file: string;
  readonly titles: readonly string[];
  readonly rule: string | null;
}

function proofs(): Proof[] {
  // Prose wraps anywhere, titles included.
  const paragraphs = read(PAGE)
    .replace(/\n(?![\n|#-])/g, ' ')
    .split('\n');
  return paragraphs.flatMap((line) => {
    const rule = /^\|\s*(\d+)\s*\|/.exec(line)?.[1] ?? null;
    return line.split(/(?=\[[^\]]+\]\([^)]+\.test\.ts\))/).flatMap((part) => {
      const path = /^\[[^\]]+\]\(([^)]+\.test\.ts)\)/.exec(part)?.[1];
      if (path === undefined) return [];
      const titles = [...part.matchAll(/“([^”]+)”/g)].map(([, title = '']) => title);
      return [{ file: normalize(join('docs', path)), titles, rule }];
    });
  });
}

/** The source with the escapes of its quotes taken away, so that titles read as they are shown. */
function source(file: string): string {
  return existsSync(join(repository, file)) ? read(file).replace(/\\(['"`])/g, '$1') : '';
}

it('names only tests that exist, by titles that they have', () => {
  const missing = proofs().flatMap(({ file, titles, rule }) => {
    const text = source(file);
    if (text === '') return [`there is no ${file}`];
    const wanted = rule === null ? titles : [...titles, `rule ${rule}:`];
    return wanted.filter((title) => !text.includes(title)).map((title) => `${file} has no test "${title}"`);
  });
  expect(missing).toEqual([]);
});

it('quotes a title for most of what it names, and was read at all', () => {
  const titled = proofs().filter(({ titles }) => titles.length > 0);
  expect(titled.length).toBeGreaterThan(20);
});

it('has a row for each rule, and each rule has a test', () => {
  const all = Array.from({ length: RULE_COUNT }, (_, index) => String(index + 1));
  const rows = new Set(proofs().flatMap(({ rule }) => (rule === null ? [] : [rule])));
  expect([...rows]).toEqual(all);
  const tested = readdirSync(join(repository, RULES))
    .filter((name) => name.endsWith('.test.ts'))
    .flatMap((name) => [...read(join(RULES, name)).matchAll(/'rule (\d+):|"rule (\d+):/g)])
    .map(([, single, double]) => single ?? double ?? '');
  expect([...new Set(tested)].sort((a, b) => Number(a) - Number(b))).toEqual(all);
});
