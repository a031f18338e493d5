import fc from 'fast-check';
import { findRepeatedKeys, parseProperties } from './properties.js';

function pairs(text: string): Record<string, string> {
  const { entries, problems } = parseProperties(text);
  expect(problems).toEqual([]);
  return Object.fromEntries(entries.map(({ key, value }) => [key, value]));
}

describe('parseProperties', () => {
  it.each([
    ['an equals sign', 'a=b'],
    ['a colon', 'a:b'],
    ['a blank', 'a b'],
    ['blanks around the sign', '  a \t = \f b'],
    ['a byte order mark', '\uFEFFa=b'],
    ['CRLF', '\r\na=b\r\n'],
    ['CR alone', '# comment\ra=b\r'],
    ['comments of both kinds', '# a=1\n  ! a=2\na=b'],
    ['a continuation inside the key and after the sign', '\\\na\\\n   =\\\n\tb'],
    ['a lone backslash before a comment', '\\\n# a=1\na=b'],
  ])('reads one setting with %s', (_, text) => {
    expect(pairs(text)).toEqual({ a: 'b' });
  });

  it('keeps everything after the first separator, the trailing blanks too', () => {
    expect(pairs('url=jdbc:mysql://db:3306/x?y=z ')).toEqual({ url: 'jdbc:mysql://db:3306/x?y=z ' });
  });

  it('reads a key without a value', () => {
    expect(pairs('a\nb=\nc :')).toEqual({ a: '', b: '', c: '' });
  });

  it('does not continue a comment, nor a line that ends in two backslashes', () => {
    expect(pairs('# comment \\\na=b\\\\\nc=d')).toEqual({ a: 'b\\', c: 'd' });
  });

  it('takes what looks like a comment in a continued line as text', () => {
    expect(pairs('a=b\\\n#c')).toEqual({ a: 'b#c' });
  });

  it('resolves escapes in keys and values', () => {
    expect(pairs('\\u0061\\ \\=\\:=\\t\\n\\r\\f\\u00e9\\q\\\\')).toEqual({ 'a =:': '\t\n\r\féq\\' });
  });

  it('numbers lines from 1, a continued one by its first line', () => {
    const { entries } = parseProperties('# one\n\na=b\\\n c\nd=e');
    expect(entries.map(({ key, line }) => [key, line])).toEqual([
      ['a', 3],
      ['d', 5],
    ]);
  });

  it.each(['a=\\u12', 'a=\\u00g0', '\\uuuu0041=b', 'a=\\u'])('reports the malformed escape of %s', (text) => {
    const { entries, problems } = parseProperties(`x=1\n${text}\ny=2`);
    expect(problems).toEqual([expect.objectContaining({ line: 2, problem: expect.stringContaining('\\u') })]);
    expect(entries.map(({ key }) => key)).toEqual(['x', 'y']);
  });

  it('does not take an escaped backslash before a u for an escape', () => {
    expect(pairs('a=C:\\\\users')).toEqual({ a: 'C:\\users' });
  });

  it('says that a file in UTF-16 is not UTF-8', () => {
    const utf16 = Buffer.from('a=b', 'utf16le').toString('utf8');
    expect(parseProperties(utf16).problems[0]?.remedy).toBe('save the file as UTF-8');
  });

  it('reads back every map that is written as properties, in any layout', () => {
    const anyText = fc.string({ unit: 'grapheme', maxLength: 20 });
    const noNul = anyText.filter((text) => !text.includes('\0'));
    const separator = fc.constantFrom('=', ':', ' = ', '\t:\f', '=\\\n   ', ' ');
    const lineEnd = fc.constantFrom('\n', '\r\n', '\r', '\n\n# note = x\n');
    fc.assert(
      fc.property(
        fc.dictionary(
          noNul.filter((key) => key !== ''),
          noNul,
        ),
        separator,
        lineEnd,
        (settings, sign, end) => {
          const text = Object.entries(settings)
            .map(([key, value]) => `${escape(key)}${sign}${escape(value)}${end}`)
            .join('');
          expect(pairs(text)).toEqual(settings);
        },
      ),
    );
  });

  it('never throws and never invents a line', () => {
    const piece = fc.constantFrom('a', '=', ':', ' ', '\\', '\\u', '0041', '\n', '\r', '#', '!', '\t', '\0');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        const lineCount = text.split(/\r\n|\n|\r/).length;
        const { entries, problems } = parseProperties(text);
        for (const { line } of [...entries, ...problems]) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(lineCount);
        }
      }),
    );
  });
});

describe('findRepeatedKeys', () => {
  it('names both lines of a key that stands twice, and each further one', () => {
    const repeated = findRepeatedKeys(parseProperties('a=1\nb=2\na=1\n\na=3').entries);
    expect(repeated.map(({ key, line, problem }) => [key, line, problem])).toEqual([
      ['a', 3, 'is set on line 1 and again on line 3'],
      ['a', 5, 'is set on line 3 and again on line 5'],
    ]);
  });
});

/** Writes every character that means something in the format as a `\u` escape. */
function escape(text: string): string {
  return text.replaceAll(
    /[\s\\=:#!]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
