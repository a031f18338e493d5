import { InvalidArgumentError } from 'commander';

/**
 * One text as the arguments of a program: blanks are between them, quotes of both sorts keep blanks together, and a
 * backslash stands for itself except before a quote, so that Windows paths stay whole.
 */
export function splitArguments(text: string): string[] {
  const pieces = text.match(/\\["']|"|'|\s|[^\\"'\s]+|\\/g) ?? [];
  const found: string[] = [];
  let current: string | null = null;
  let quote: string | null = null;
  for (const piece of pieces) {
    const isQuote = piece === '"' || piece === "'";
    if (isQuote && (quote === null || quote === piece)) {
      quote = quote === null ? piece : null;
      current ??= '';
    } else if (quote === null && /^\s$/.test(piece)) {
      if (current !== null) found.push(current);
      current = null;
    } else {
      current = (current ?? '') + (/^\\["']$/.test(piece) ? piece.slice(1) : piece);
    }
  }
  if (quote !== null) throw new InvalidArgumentError(`a quote ${quote} is not closed.`);
  return current === null ? found : [...found, current];
}
