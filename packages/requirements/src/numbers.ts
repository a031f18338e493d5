import { endOfRun, isDigit } from './characters.js';

/** Where the number `[+-]?digits[.digits][e[+-]digits]` that starts at `start` ends; `start` itself when none does. */
export function endOfNumber(text: string, start: number): number {
  const digits = afterSign(text, start);
  let end = endOfRun(text, digits, isDigit);
  if (end === digits) return start;
  if (text.charAt(end) === '.') end = endOfRun(text, end + 1, isDigit);
  if (text.charAt(end) !== 'e' && text.charAt(end) !== 'E') return end;
  const exponent = afterSign(text, end + 1);
  const exponentEnd = endOfRun(text, exponent, isDigit);
  return exponentEnd === exponent ? end : exponentEnd;
}

/**
 * The number a text stands for when the whole of it is written the way the language writes numbers, else undefined.
 * `Number()` alone would also take blanks, hexadecimal and the empty text.
 */
export function numericText(text: string): number | undefined {
  if (text === '' || endOfNumber(text, 0) !== text.length) return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}

function afterSign(text: string, at: number): number {
  const char = text.charAt(at);
  return char === '+' || char === '-' ? at + 1 : at;
}
