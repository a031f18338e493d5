import { InvalidArgumentError } from 'commander';

/** Readers of option values. @throws InvalidArgumentError, whose words are shown behind the name of the option */

/** Several values in one argument, with commas between. */
export function readList(text: string): string[] {
  const values = text
    .split(',')
    .map((value) => value.trim())
    .filter((value) => value !== '');
  if (values.length === 0) throw new InvalidArgumentError('give one or more, with commas between.');
  return values;
}

export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`give a whole number ${range}.`);
    }
    return value;
  };
}

/** One of `choices` in any case; resolves with it as it stands there. */
export function oneOf<Choice extends string>(choices: readonly Choice[]): (text: string) => Choice {
  return (text) => {
    const found = choices.find((choice) => choice === text.toUpperCase());
    if (found === undefined) throw new InvalidArgumentError(`give ${choices.join(' or ')}.`);
    return found;
  };
}

/** For options that stand alone or have true or false behind them. */
export function readSwitch(text: string): boolean {
  const value = text.toLowerCase();
  if (value !== 'true' && value !== 'false') throw new InvalidArgumentError('give true or false.');
  return value === 'true';
}

export interface TagValue {
  readonly key: string;
  readonly value: string;
}

/** For an option that may come several times: `key=value`. */
export function collectTags(text: string, before: readonly TagValue[] = []): TagValue[] {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('give key=value.');
  return [...before, { key: text.slice(0, at), value: text.slice(at + 1) }];
}
