/** One `key = value` of a properties file, unescaped. `line` is the 1-based line on which the key stands. */
export interface PropertiesEntry {
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

export interface PropertiesProblem {
  readonly line: number;
  readonly problem: string;
  readonly remedy: string;
}

export interface Properties {
  readonly entries: readonly PropertiesEntry[];
  readonly problems: readonly PropertiesProblem[];
}

interface LogicalLine {
  readonly text: string;
  readonly line: number;
}

const byteOrderMark = /^\uFEFF/;
const lineEnd = /\r\n|\n|\r/;
const leadingBlanks = /^[ \t\f]+/;
const commentOrNothing = /^(?:[#!]|$)/;
const keyThenSeparator = /^((?:\\[^]|[^\\ \t\f=:])*)[ \t\f]*[=:]?[ \t\f]*/;
const escapeSequence = /\\(u[0-9a-fA-F]{4}|[^]|$)/g;
const controlCharacters: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

/**
 * Reads the text of a Java properties file, as `java.util.Properties` does: `=`, `:` or blanks separate, `#` and `!`
 * start a comment line, a backslash escapes or continues the line. Entries come in the order of the file and repeated
 * keys are kept, because Java's silent "the last one wins" is for the caller to judge; see `findRepeatedKeys`.
 */
export function parseProperties(text: string): Properties {
  const entries: PropertiesEntry[] = [];
  const problems: PropertiesProblem[] = [];
  for (const { text: content, line } of logicalLines(text.replace(byteOrderMark, ''))) {
    const problem = problemIn(content);
    if (problem === undefined) entries.push({ ...splitEntry(content), line });
    else problems.push({ line, ...problem });
  }
  return { entries, problems };
}

/** Names every key that stands in the file more than once, with the line before and the line again. */
export function findRepeatedKeys(
  entries: readonly PropertiesEntry[],
): readonly (PropertiesProblem & { readonly key: string })[] {
  const lineOfKey = new Map<string, number>();
  return entries.flatMap(({ key, line }) => {
    const earlier = lineOfKey.get(key);
    lineOfKey.set(key, line);
    if (earlier === undefined) return [];
    const problem = `is set on line ${earlier} and again on line ${line}`;
    return [{ key, line, problem, remedy: 'keep one of the two lines' }];
  });
}

function logicalLines(text: string): readonly LogicalLine[] {
  const lines: LogicalLine[] = [];
  let open: LogicalLine | undefined;
  for (const [index, natural] of text.split(lineEnd).entries()) {
    const content = natural.replace(leadingBlanks, '');
    if (open === undefined && commentOrNothing.test(content)) continue;
    const continues = endsWithContinuation(content);
    const joined = (open?.text ?? '') + (continues ? content.slice(0, -1) : content);
    const logical: LogicalLine = { text: joined, line: open?.line ?? index + 1 };
    if (!continues) lines.push(logical);
    // As in Java, a backslash alone continues nothing: what follows may still be a comment.
    open = continues && joined !== '' ? logical : undefined;
  }
  if (open !== undefined) lines.push(open);
  return lines.filter(({ text: content }) => content !== '');
}

function endsWithContinuation(content: string): boolean {
  const backslashes = /\\*$/.exec(content)?.[0].length ?? 0;
  return backslashes % 2 === 1;
}

function problemIn(content: string): { readonly problem: string; readonly remedy: string } | undefined {
  if (content.includes('\0')) {
    return {
      problem: 'contains a NUL character, so the file is not plain text in UTF-8',
      remedy: 'save the file as UTF-8',
    };
  }
  const malformed = [...content.matchAll(escapeSequence)].find(([escape]) => escape === '\\u');
  if (malformed === undefined) return undefined;
  return {
    problem: 'has a \\u that is not followed by four hexadecimal digits',
    remedy: 'write the character itself, \\u and its four digits, or two backslashes for a backslash',
  };
}

function splitEntry(content: string): { readonly key: string; readonly value: string } {
  const [head = '', key = ''] = keyThenSeparator.exec(content) ?? [];
  return { key: unescape(key), value: unescape(content.slice(head.length)) };
}

function unescape(escaped: string): string {
  return escaped.replace(escapeSequence, (_, sequence: string) =>
    sequence.length === 5
      ? String.fromCharCode(Number.parseInt(sequence.slice(1), 16))
      : (controlCharacters[sequence] ?? sequence),
  );
}
