/**
 * What JSON.parse lets through and a careful API must not: a key given twice (which value counts depends on the reader),
 * nesting that blows up whoever walks it, and keys that reach into prototypes. One pass over the text, no recursion.
 */

const MAX_DEPTH = 16;
/** Keeps the work per body bounded: far above a thousand entries with all their fields. */
const MAX_VALUES = 100_000;
/** No object of the contract has a fifth of that. */
const MAX_FIELDS = 100;
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/** Made once: making one costs more than reading a small body. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export type StrictJson =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string };

export function parseStrictJson(body: Uint8Array): StrictJson {
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    return { ok: false, problem: 'the body is not valid UTF-8' };
  }
  try {
    const problem = structureProblem(text);
    if (problem !== null) return { ok: false, problem };
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, problem: `the body is not valid JSON: ${(error as Error).message}` };
  }
}

/** Assumes nothing of the text; what is not JSON at all is left to JSON.parse to name. */
function structureProblem(text: string): string | null {
  const open: (Set<string> | null)[] = [];
  let valueCount = 0;
  let position = 0;
  while (position < text.length) {
    const character = text[position];
    if (character === '{' || character === '[' || character === ',') valueCount += 1;
    if (valueCount > MAX_VALUES)
      return `the body has more than ${MAX_VALUES} values; send fewer entries at once`;
    if (character === '{' || character === '[') {
      open.push(character === '{' ? new Set() : null);
      if (open.length > MAX_DEPTH) return `the body is nested deeper than ${MAX_DEPTH} levels`;
    } else if (character === '}' || character === ']') {
      open.pop();
    } else if (character === '"') {
      const end = endOfString(text, position);
      const keys = open.at(-1);
      if (keys instanceof Set && isFollowedByColon(text, end)) {
        const problem = keyProblem(keys, keyAt(text, position, end));
        if (problem !== null) return problem;
      }
      position = end;
      continue;
    }
    position += 1;
  }
  return null;
}

function keyProblem(keys: Set<string>, key: string): string | null {
  if (FORBIDDEN_KEYS.has(key)) return `the key "${key}" is not allowed`;
  if (keys.has(key)) return `the key "${key.slice(0, 64)}" is given twice in one object`;
  if (keys.size === MAX_FIELDS) return `an object has more than ${MAX_FIELDS} fields`;
  keys.add(key);
  return null;
}

/** Nearly all keys have no escapes, and reading them as JSON would cost more than all the rest here. */
function keyAt(text: string, start: number, end: number): string {
  const key = text.slice(start + 1, end - 1);
  return key.includes('\\') ? String(JSON.parse(text.slice(start, end))) : key;
}

/** Index after the closing quote. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length + 1 : end + 1;
}

/** Each backslash is looked at for one quote only. */
function isEscaped(text: string, quoteAt: number): boolean {
  let at = quoteAt;
  while (text[at - 1] === '\\') at -= 1;
  return (quoteAt - at) % 2 === 1;
}

function isFollowedByColon(text: string, from: number): boolean {
  let at = from;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at += 1;
  return text[at] === ':';
}
