import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mergeTags, readTags } from './tags.js';

describe('mergeTags', () => {
  it('reads files in alphabetical order and lets the last one win', () => {
    const { tags } = mergeTags([
      { name: 'b.toml', text: 'color="blue"\n' },
      { name: 'a.toml', text: 'color="red"\nsize="xl"\n' },
    ]);
    expect(tags).toEqual([
      { key: 'color', value: 'blue' },
      { key: 'size', value: 'xl' },
    ]);
  });

  it('makes texts of numbers, booleans and dates', () => {
    const { tags } = mergeTags([{ name: 'a', text: 'n = 3\nf = 1.5\nb = true\nd = 2026-01-01\n' }]);
    expect(tags.map(({ value }) => value)).toEqual(['3', '1.5', 'true', '2026-01-01']);
  });

  it('drops what imitates a built-in tag, and lists', () => {
    const { tags, warnings } = mergeTags([
      { name: 'a', text: '"dcv:os-family" = "windows"\nlist = [1]\nok = "1"\n' },
    ]);
    expect(tags).toEqual([{ key: 'ok', value: '1' }]);
    expect(warnings).toEqual([expect.stringContaining('dcv:os-family'), expect.stringContaining('list')]);
  });

  it('skips a broken file, says so, and uses the others', () => {
    const { tags, warnings } = mergeTags([
      { name: 'a.toml', text: 'not toml at all' },
      { name: 'b.toml', text: 'x = "1"' },
    ]);
    expect(tags).toEqual([{ key: 'x', value: '1' }]);
    expect(warnings).toEqual([expect.stringMatching(/^a\.toml: skipped/)]);
  });

  it('limits number and size', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => `k${index} = "v"`).join('\n');
    expect(mergeTags([{ name: 'a', text: many }]).tags).toHaveLength(256);
    const long = mergeTags([{ name: 'a', text: `k = "${'x'.repeat(1_048_576)}"` }]);
    expect(long).toMatchObject({ tags: [], warnings: [expect.stringContaining('1024')] });
  });

  it('takes names of object properties for what they are: keys', () => {
    expect(mergeTags([{ name: 'a', text: '__proto__ = "p"\nconstructor = "c"\n' }]).tags).toEqual([
      { key: '__proto__', value: 'p' },
      { key: 'constructor', value: 'c' },
    ]);
  });
});

describe('readTags', () => {
  it('reads .toml files and files without extension, and nothing else', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'agent-tags-'));
    writeFileSync(join(folder, 'one.toml'), 'one = "1"');
    writeFileSync(join(folder, 'two'), "two = '2'");
    writeFileSync(join(folder, 'agent.conf'), 'three = "3"');
    writeFileSync(join(folder, '.hidden'), 'four = "4"');
    mkdirSync(join(folder, 'sub'));
    const { tags, warnings } = await readTags(folder);
    rmSync(folder, { recursive: true });
    expect(tags.map(({ key }) => key)).toEqual(['one', 'two']);
    expect(warnings).toEqual([]);
  });

  it('has no tags where there is no folder', async () => {
    expect(await readTags('/nowhere/at/all')).toEqual({ tags: [], warnings: [] });
  });
});
