import { printable } from './printable.js';

it('leaves ordinary text alone, in any script', () => {
  expect(printable('Zoë 王 🖥 %owner% "quoted"')).toBe('Zoë 王 🖥 %owner% "quoted"');
});

it('takes out what could disturb a terminal, a log or its reader', () => {
  expect(printable('a\nb\u001b[31mc\u009bd\u202ee\u2066f\u2028g\u200fh\u007f')).toBe('a?b?[31mc?d?e?f?g?h?');
});

it('cuts long text and never leaves half a character', () => {
  expect(printable('x'.repeat(300))).toBe(`${'x'.repeat(200)}…`);
  expect(printable('ab🖥', 3).isWellFormed()).toBe(true);
  expect(printable('\ud800').isWellFormed()).toBe(true);
});
