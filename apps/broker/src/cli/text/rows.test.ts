import { plain } from './paint.js';
import { row } from './rows.js';
import type { TextStyle } from './style.js';

function style(columns: number): TextStyle {
  return { columns, titleColumns: 8, paint: plain };
}

it('puts cells behind the title', () => {
  expect(row(style(80), 'Port', ['8443', 'CN=a'])).toEqual(['Port    8443, CN=a']);
});

it('goes on under the first cell, and keeps cells whole', () => {
  expect(row(style(30), 'Port', ['one two three', 'four five six', 'seven'])).toEqual([
    'Port    one two three,',
    '        four five six, seven',
  ]);
});

it('breaks a cell that is wider than the line between words', () => {
  expect(row(style(28), '', ['the quick brown fox jumps over'])).toEqual([
    '        the quick brown fox',
    '        jumps over',
  ]);
});

it('leaves a word whole that no line can hold, such as a path', () => {
  const path = '/a/rather/long/path/that/somebody/wants/to/copy';
  expect(row(style(28), 'CA', [path])).toEqual([`CA      ${path}`]);
});

it('does not break lines that do not go to a terminal', () => {
  expect(row(style(Infinity), 'CA', Array<string>(50).fill('word'))).toHaveLength(1);
});

it('gives colours no room', () => {
  const red = '\u001b[31mfour\u001b[39m';
  expect(row(style(28), 'A', ['0123456789012', red])).toEqual([`A       0123456789012, ${red}`]);
});
