import type { z } from 'zod';
import { printable } from '../domain/printable.js';

const MOST_ISSUES = 3;
const MOST_KEYS = 3;

/** Validation problems as one sentence: each names the field as the caller wrote it, and what is wrong with it. */
export function describeIssues(error: z.ZodError): string {
  const shown = unknownFieldsFirst(error.issues).map(describeIssue);
  const more = error.issues.length - shown.length;
  return `Invalid input: ${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

/** Portals look for the name of a field that we do not know, to try again without it (rule 16). */
function unknownFieldsFirst(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  const unknown = issues.filter((issue) => issue.code === 'unrecognized_keys').slice(0, MOST_ISSUES);
  const others = issues.filter((issue) => issue.code !== 'unrecognized_keys').slice(0, MOST_ISSUES);
  return [...unknown, ...others].slice(0, MOST_ISSUES);
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const where = fieldPath(issue.path);
  if (issue.code !== 'unrecognized_keys') return `${where}: ${printable(issue.message)}`;
  const names = issue.keys.slice(0, MOST_KEYS).map((key) => `"${printable(key)}"`);
  const more = issue.keys.length - names.length;
  return `${where}: there is no field ${names.join(', ')}${more > 0 ? ` and ${more} more are unknown` : ''}`;
}

/** `[0].Filters[2].Key` */
function fieldPath(path: readonly PropertyKey[]): string {
  const text = path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${printable(String(part))}`))
    .join('');
  return text === '' ? 'the body' : text.replace(/^\./, '');
}

/** Our words where a schema has none of its own: what the value must be, which is the remedy at once. */
export function issueWords(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? 'is required'
        : `must be ${TYPE_WORDS[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `must ${sizeWords(issue.origin, 'at least', issue.minimum)}`;
    case 'too_big':
      return `must ${sizeWords(issue.origin, 'at most', issue.maximum)}`;
    default:
      return undefined;
  }
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'an array',
  object: 'an object',
};

function sizeWords(origin: string, bound: string, size: number | bigint): string {
  if (origin === 'string') return `have ${bound} ${size} characters`;
  if (origin === 'array') return `have ${bound} ${size} entries`;
  return `be ${bound} ${size}`;
}
