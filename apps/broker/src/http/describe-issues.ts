import type { z } from 'zod';

const MOST_ISSUES = 3;

/** Validation problems as one sentence: each names the field as the caller wrote it, and what is wrong with it. */
export function describeIssues(error: z.ZodError): string {
  const shown = error.issues.slice(0, MOST_ISSUES).map(describeIssue);
  const more = error.issues.length - shown.length;
  return `Invalid input: ${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const where = fieldPath(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => `"${printable(key)}"`).join(', ');
    return `${where}: there is no field ${keys}`;
  }
  return `${where}: ${printable(issue.message)}`;
}

/** `[0].Filters[2].Key` */
function fieldPath(path: readonly PropertyKey[]): string {
  const text = path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${printable(String(part))}`))
    .join('');
  return text === '' ? 'the body' : text.replace(/^\./, '');
}

/** A caller's own text comes back short and without anything that could disturb a terminal or a log. */
function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is taken out
  return text.slice(0, 200).replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '?');
}
