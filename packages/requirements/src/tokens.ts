import {
  endOfRun,
  isBare,
  isBlank,
  isBuiltInKeyPart,
  isKeyPart,
  isKeyStart,
  isOddQuote,
} from './characters.js';
import { endOfNumber } from './numbers.js';
import type { Operator } from './tree.js';

type Content =
  | { readonly kind: 'tag'; readonly key: string }
  | { readonly kind: 'server'; readonly name: string }
  | { readonly kind: 'operator'; readonly operator: Operator }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'and' | 'or' | 'not' | 'open' | 'close' | 'end' }
  /** Text without quotes, or in quotes of another kind: never valid, but what to advise depends on where it stands. */
  | { readonly kind: 'bare'; readonly text: string }
  /** Never valid anywhere; the remedy is known already. */
  | { readonly kind: 'stray'; readonly remedy: string };

/** A piece of the text: `text.slice(start, end)`. Only the last one, of kind `end`, is empty. */
export type Token = Content & { readonly start: number; readonly end: number };

/** Longer ones first: the first that matches is taken. */
const operators: readonly Operator[] = [':=', '!=', '>=', '<=', '=', '>', '<'];

/** How other languages write what this one writes differently; looked at before the real operators. */
const foreignSigns: readonly (readonly [sign: string, remedy: string])[] = [
  ['==', 'write "=" once'],
  ['<>', 'write "!="'],
  ['=>', 'write ">="'],
  ['=<', 'write "<="'],
  ['~=', 'write ":=" for "contains"'],
  ['&&', 'write "and"'],
  ['&', 'write "and"'],
  [',', 'write "and" or "or" between comparisons'],
  ['||', 'write "or"'],
  ['|', 'write "or"'],
];

/** The first token at or after `from`. Looks at each character a bounded number of times and never throws. */
export function readToken(text: string, from: number): Token {
  const start = endOfRun(text, from, isBlank);
  const char = text.charAt(start);
  if (char === '') return { kind: 'end', start, end: start };
  if (char === '(') return { kind: 'open', start, end: start + 1 };
  if (char === ')') return { kind: 'close', start, end: start + 1 };
  if (char === "'") return readText(text, start);
  if (isOddQuote(char)) return readOddlyQuoted(text, start);
  if (endOfNumber(text, start) > start) return readNumber(text, start);
  if (isBare(char)) return readWord(text, start);
  return readSign(text, start);
}

function readText(text: string, start: number): Token {
  let content = '';
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf("'", from);
    if (quote === -1) {
      const remedy = "the quote opened here is never closed: add ' after the value";
      return { kind: 'stray', remedy, start, end: text.length };
    }
    content += text.slice(from, quote);
    if (text.charAt(quote + 1) !== "'") return { kind: 'text', text: content, start, end: quote + 1 };
    content += "'";
    from = quote + 2;
  }
}

function readOddlyQuoted(text: string, start: number): Token {
  const close = endOfRun(text, start + 1, (char) => char !== '' && !isOddQuote(char));
  return { kind: 'bare', text: text.slice(start + 1, close), start, end: Math.min(close + 1, text.length) };
}

function readNumber(text: string, start: number): Token {
  const numberEnd = endOfNumber(text, start);
  const end = endOfRun(text, numberEnd, isBare);
  if (end > numberEnd && keyword(text.slice(numberEnd, end)) === undefined) {
    return { kind: 'bare', text: text.slice(start, end), start, end };
  }
  const number = Number(text.slice(start, numberEnd));
  if (!Number.isFinite(number)) {
    return { kind: 'stray', remedy: 'the number is too large', start, end: numberEnd };
  }
  // "-0" is written by nobody who means it, and would not survive printing.
  return { kind: 'number', number: number === 0 ? 0 : number, start, end: numberEnd };
}

function readWord(text: string, start: number): Token {
  const colon = endOfRun(text, start, isKeyPart);
  if (text.startsWith('tag:', start) && text.charAt(colon + 1) !== '=')
    return readTag(text, start, colon + 1);
  if (text.startsWith('server:', start) && text.charAt(colon + 1) !== '=') {
    return readServer(text, start, colon + 1);
  }
  const end = endOfRun(text, start, isBare);
  const kind = keyword(text.slice(start, end));
  if (kind !== undefined) return { kind, start, end };
  const wholeEnd = endOfRunOn(text, start);
  return { kind: 'bare', text: text.slice(start, wholeEnd), start, end: wholeEnd };
}

function readTag(text: string, start: number, keyStart: number): Token {
  let end = endOfRun(text, keyStart, isKeyPart);
  const builtIn = text.startsWith('dcv:', keyStart) && isBuiltInKeyPart(text.charAt(keyStart + 4));
  if (builtIn) end = endOfRun(text, keyStart + 4, isBuiltInKeyPart);
  const wholeEnd = endOfRunOn(text, keyStart);
  if (wholeEnd === keyStart) {
    return { kind: 'stray', remedy: 'write the key of the tag right after "tag:"', start, end: keyStart };
  }
  if (wholeEnd !== end || !isKeyStart(text.charAt(keyStart))) {
    const remedy = 'the key of a tag has letters, digits and "_" only and does not start with a digit';
    return { kind: 'stray', remedy, start, end: wholeEnd };
  }
  return { kind: 'tag', key: text.slice(keyStart, end), start, end };
}

function readServer(text: string, start: number, nameStart: number): Token {
  const end = endOfRun(text, nameStart, isBare);
  if (end === nameStart) {
    return { kind: 'stray', remedy: 'write the property right after "server:"', start, end };
  }
  return { kind: 'server', name: text.slice(nameStart, end), start, end };
}

function readSign(text: string, start: number): Token {
  const foreign = foreignSigns.find(([sign]) => text.startsWith(sign, start));
  if (foreign !== undefined) {
    return { kind: 'stray', remedy: foreign[1], start, end: start + foreign[0].length };
  }
  const operator = operators.find((sign) => text.startsWith(sign, start));
  if (operator !== undefined) return { kind: 'operator', operator, start, end: start + operator.length };
  const remedy =
    text.charAt(start) === '!' ? 'write "not"' : 'remove it, or put it into a value in single quotes';
  return { kind: 'stray', remedy, start, end: start + 1 };
}

/** The end of what reads as one word to a person; a colon belongs to it unless it begins `:=`. */
function endOfRunOn(text: string, start: number): number {
  let end = endOfRun(text, start, isBare);
  while (text.charAt(end) === ':' && text.charAt(end + 1) !== '=') end = endOfRun(text, end + 1, isBare);
  return end;
}

function keyword(word: string): 'and' | 'or' | 'not' | undefined {
  const lower = word.toLowerCase();
  return lower === 'and' || lower === 'or' || lower === 'not' ? lower : undefined;
}
