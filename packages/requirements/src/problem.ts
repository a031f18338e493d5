/** Why a text is not a requirement. Shown to people through `describeProblem`. */
export interface SyntaxProblem {
  /** What was found and what to do about it, without the column and without what was expected. */
  readonly message: string;
  /** Where, counted from 1 in UTF-16 code units. */
  readonly column: number;
  /** What could have stood there; empty when a limit was exceeded. */
  readonly expected: readonly string[];
}

const LONGEST_QUOTE = 40;

/** One sentence, such as `column 17: expected a value in single quotes or a number, found "windows"; …`. */
export function describeProblem(problem: SyntaxProblem): string {
  const wanted = problem.expected.length === 0 ? '' : `expected ${either(problem.expected)}, `;
  return `column ${problem.column}: ${wanted}${problem.message}`;
}

/** User text made fit for a message or a log line: short, and without control, format or half characters. */
export function shown(text: string): string {
  const short = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
  return short.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (char) => {
    return `\\u${char.codePointAt(0)!.toString(16).padStart(4, '0')}`;
  });
}

function either(choices: readonly string[]): string {
  if (choices.length < 2) return choices.join('');
  return `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;
}
