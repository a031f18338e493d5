import { parseIni } from './ini.js';

it('reads sections, both separators, comments and any case of names', () => {
  const text =
    '\uFEFF# a\r\n[Output]\r\nDebug = true\r\n; b\n[security]\nca-bundle: C:\\ca.pem\n[output]\nx=a=b ; c\nempty =\n';
  expect(parseIni(text)).toEqual(
    new Map([
      [
        'output',
        new Map([
          ['debug', 'true'],
          ['x', 'a=b ; c'],
          ['empty', ''],
        ]),
      ],
      ['security', new Map([['ca-bundle', 'C:\\ca.pem']])],
    ]),
  );
});

it.each([
  ['x = 1', 1, 'stands before the first [section]'],
  ['[a]\nwhat', 2, 'is no [section], no "key = value" and no comment'],
  ['[a]\nx = 1\nX: 2', 3, 'sets X a second time'],
])('says of %j what is wrong with line %d', (text, lineNumber, problem) => {
  expect(parseIni(text)).toEqual({ lineNumber, problem });
});
