import fc from 'fast-check';
import { parseStrictJson } from './strict-json.js';

const parse = (text: string) => parseStrictJson(Buffer.from(text, 'utf8'));
const problemOf = (body: string | Uint8Array): string => {
  const parsed = typeof body === 'string' ? parse(body) : parseStrictJson(body);
  if (parsed.ok) throw new Error(`taken as ${JSON.stringify(parsed.value)}`);
  return parsed.problem;
};

const forbidden = new Set(['__proto__', 'constructor', 'prototype']);
const jsonText = fc
  .jsonValue({ maxDepth: 8, noUnicodeString: false })
  .chain((value) => fc.constantFrom(0, 1, '\t', ' \n').map((space) => JSON.stringify(value, null, space)))
  .filter((text) => !hasKey(JSON.parse(text), forbidden));

function hasKey(value: unknown, keys: ReadonlySet<string>): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, inner]) => keys.has(key) || hasKey(inner, keys));
}

it('reads what JSON.parse reads', () => {
  fc.assert(
    fc.property(jsonText, (text) => {
      expect(parse(text)).toEqual({ ok: true, value: JSON.parse(text) });
    }),
    { numRuns: 500 },
  );
});

it('never takes what JSON.parse does not, whatever the bytes', () => {
  const almostJson = fc.array(fc.constantFrom(...'{}[],:"\\ue0 n', 'null', '"a":', '"a"', '1'), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(
      fc.oneof(
        almostJson.map((parts) => parts.join('')),
        fc.string({ unit: 'binary' }),
      ),
      (text) => {
        const parsed = parse(text);
        if (parsed.ok) expect(JSON.parse(text)).toEqual(parsed.value);
        else expect(parsed.problem).not.toBe('');
      },
    ),
    { numRuns: 2000 },
  );
});

it('refuses a key that is given twice, however it is spelt and however deep', () => {
  expect(problemOf('{"Force":false,"Force":true}')).toContain('"Force" is given twice');
  expect(problemOf('{"Force":false,"F\\u006frce":true}')).toContain('"Force" is given twice');
  expect(problemOf('[{"a":[{"b":1 ,\n"b"\t:2}]}]')).toContain('"b" is given twice');
});

it('allows the same key in different objects, and strings that look like keys', () => {
  expect(parse('[{"a":1},{"a":{"a":"a"}},["a","a"],{"b":"a\\":","c":"a"}]')).toMatchObject({ ok: true });
});

it('refuses keys that reach into prototypes', () => {
  for (const key of ['__proto__', 'constructor', 'prototype', '__pr\\u006fto__']) {
    expect(problemOf(`{"${key}":{"polluted":true}}`)).toContain('is not allowed');
  }
  expect(parse('{"Name":"__proto__"}')).toMatchObject({ ok: true });
});

it('refuses deep nesting without walking down', () => {
  expect(parse(`${'['.repeat(16)}${']'.repeat(16)}`)).toMatchObject({ ok: true });
  expect(problemOf('['.repeat(1_000_000))).toContain('nested deeper than 16');
  expect(problemOf(`${'{"a":'.repeat(17)}1${'}'.repeat(17)}`)).toContain('nested deeper than 16');
});

it('refuses more values than any real request has', () => {
  expect(problemOf(`[${'1,'.repeat(100_001)}1]`)).toContain('more than 100000 values');
  expect(problemOf(`[${'{},'.repeat(60_000)}1]`)).toContain('more than 100000 values');
});

it('refuses an object with more fields than any has', () => {
  const fields = (count: number): string =>
    Array.from({ length: count }, (_, index) => `"k${index}":1`).join();
  expect(parse(`[{${fields(100)}},{${fields(100)}}]`)).toMatchObject({ ok: true });
  expect(problemOf(`[{${fields(101)}}]`)).toBe('an object has more than 100 fields');
});

it('refuses a byte order mark, bytes that are not UTF-8, and anything after the value', () => {
  expect(problemOf('\ufeff{}')).toContain('not valid JSON');
  expect(problemOf(Uint8Array.of(0x22, 0xff, 0x22))).toBe('the body is not valid UTF-8');
  expect(problemOf(Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22))).toBe('the body is not valid UTF-8');
  expect(problemOf('{}{}')).toContain('not valid JSON');
  expect(problemOf('{} \0')).toContain('not valid JSON');
});
