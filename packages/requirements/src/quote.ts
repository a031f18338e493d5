/** A text as the language writes it: in single quotes, with quotes inside written twice. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
