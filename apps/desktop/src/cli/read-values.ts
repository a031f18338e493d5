import { resolve } from 'node:path';
import type { Caller } from './command.js';
import type { Option, Parsed } from './options.js';
import { UsageError } from './usage-error.js';

export const JSON_OPTION: Option = { name: 'json', short: 'j', summary: 'Print JSON' };
export const SESSION_OPTION: Option = { name: 'session', value: 'ID', summary: 'The session' };

/** The operands by name; the names ending in `?` may be missing. */
export function operandsOf(parsed: Parsed, ...names: readonly string[]): readonly string[] {
  const required = names.filter((name) => !name.endsWith('?'));
  const missing = required[parsed.operands.length];
  if (missing !== undefined) throw new UsageError(`the ${missing} is missing`);
  const extra = parsed.operands[names.length];
  if (extra !== undefined) throw new UsageError(`unexpected argument '${extra}'`);
  return parsed.operands;
}

export function required(parsed: Parsed, name: string): string {
  const value = parsed.options.get(name);
  if (value === undefined) throw new UsageError(`option --${name} is missing`);
  return value;
}

export function wholeNumber(text: string | undefined, what: string): number | null {
  if (text === undefined) return null;
  if (!/^-?\d{1,9}$/.test(text)) throw new UsageError(`${what} must be a whole number, not '${text}'`);
  return Number(text);
}

/** A size limit in pixels; null without one. */
export function pixels(parsed: Parsed, name: string): number | null {
  const value = wholeNumber(parsed.options.get(name), `--${name}`);
  if (value !== null && (value < 1 || value > 100_000)) {
    throw new UsageError(`--${name} must be between 1 and 100000, not ${value}`);
  }
  return value;
}

export function oneOf<Choice extends string>(text: string, choices: readonly Choice[], what: string): Choice {
  const choice = choices.find((own) => own === text);
  if (choice === undefined) throw new UsageError(`${what} must be ${choices.join(' or ')}, not '${text}'`);
  return choice;
}

/** A path as the daemon can use it: it does not share the caller's working folder. */
export function pathOf(text: string | undefined, { cwd }: Caller): string | null {
  return text === undefined ? null : resolve(cwd, text);
}

/** A storage folder, which may begin with the home of the session's user. */
export function storagePath(text: string | undefined, caller: Caller): string | null {
  return text === '' || text?.startsWith('%home%') ? text : pathOf(text, caller);
}
