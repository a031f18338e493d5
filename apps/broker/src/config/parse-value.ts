import { isAbsolute } from 'node:path';
import type { ConfigKey, ConfigValue } from './config-key.js';
import { isCertificateName, isHost, withoutBrackets } from './host-name.js';

export type ParsedValue =
  | { readonly kind: 'value'; readonly value: ConfigValue }
  | { readonly kind: 'problem'; readonly problem: string; readonly remedy: string };

const wholeNumber = /^[+-]?[0-9]{1,16}$/;
const longestShownValue = 80;

/** Reads the text of one key. Blanks around it do not count, unlike in Java, where they break a number. */
export function parseValue(key: ConfigKey, text: string): ParsedValue {
  const trimmed = text.trim();
  if (trimmed === '' && key.kind !== 'host-list') return absent(key);
  switch (key.kind) {
    case 'boolean':
      return parseChoice(key, trimmed, ['true', 'false'], (word) => word === 'true');
    case 'integer':
      return parseInteger(key, trimmed, {
        min: key.min,
        max: key.max,
        what: `a whole number of ${key.unit}`,
      });
    case 'port':
      return parseInteger(key, trimmed, { min: 0, max: 65_535, what: 'a port number' });
    case 'choice':
      return parseChoice(key, trimmed, key.choices, (word) => word);
    case 'text':
      return given(trimmed);
    case 'absolute-path':
      return isAbsolute(trimmed)
        ? given(trimmed)
        : refused(key, trimmed, 'is not an absolute path', 'write the whole path, from / on');
    case 'https-origin':
      return parseOrigin(key, trimmed);
    case 'host':
      return parseHost(key, withoutBrackets(trimmed));
    case 'host-list':
      return parseHostList(key, trimmed);
  }
}

function absent(key: ConfigKey): ParsedValue {
  if (key.default === undefined) return given(undefined);
  return {
    kind: 'problem',
    problem: 'has no value',
    remedy: 'give it one, or remove the line for the default',
  };
}

function given(value: ConfigValue): ParsedValue {
  return { kind: 'value', value };
}

function refused(key: ConfigKey, text: string, problem: string, remedy: string): ParsedValue {
  if (key.secret) return { kind: 'problem', problem: `has a value that ${problem}`, remedy };
  const shown = text.length > longestShownValue ? `${text.slice(0, longestShownValue)}…` : text;
  return { kind: 'problem', problem: `has the value ${JSON.stringify(shown)}, which ${problem}`, remedy };
}

function parseChoice(
  key: ConfigKey,
  text: string,
  choices: readonly string[],
  toValue: (choice: string) => ConfigValue,
): ParsedValue {
  const choice = choices.find((candidate) => candidate === text.toLowerCase());
  if (choice !== undefined) return given(toValue(choice));
  const list = choices.join(' or ');
  return refused(key, text, `is not ${list}`, `write ${list}`);
}

interface IntegerRange {
  readonly min: number;
  readonly max: number;
  readonly what: string;
}

function parseInteger(key: ConfigKey, text: string, { min, max, what }: IntegerRange): ParsedValue {
  const remedy = `write ${what} from ${min} to ${max}`;
  if (!wholeNumber.test(text)) return refused(key, text, 'is not a whole number', remedy);
  const number = Number.parseInt(text, 10);
  if (number < min) return refused(key, text, `is below ${min}`, remedy);
  if (number > max) return refused(key, text, `is above ${max}`, remedy);
  return given(number);
}

/** Scheme, name and port, without what comes after; in the form in which it is compared. */
function parseOrigin(key: ConfigKey, text: string): ParsedValue {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'https:' && url.href === `${url.origin}/`) return given(url.origin);
  const remedy = 'write for example https://broker.example.com:8443';
  return refused(key, text, 'is not https:// with a name and nothing after it', remedy);
}

function parseHost(key: ConfigKey, text: string): ParsedValue {
  if (isHost(text)) return given(text);
  return refused(
    key,
    text,
    'is neither an IP address nor a host name',
    'write for example 0.0.0.0, ::, 127.0.0.1 or a name, without a port',
  );
}

function parseHostList(key: ConfigKey, text: string): ParsedValue {
  const names = text
    .split(',')
    .map((name) => withoutBrackets(name.trim()))
    .filter((name) => name !== '');
  const wrong = names.find((name) => !isCertificateName(name));
  if (wrong === undefined) return given(Object.freeze(names));
  return refused(
    key,
    wrong,
    'is neither an IP address nor a DNS name',
    'write names such as broker.example.com, *.example.com or 10.0.0.5, separated by commas',
  );
}
