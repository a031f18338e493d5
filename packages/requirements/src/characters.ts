/** All tests take one UTF-16 code unit, or '' past the end of the text, for which every one of them is false. */

export function isDigit(char: string): boolean {
  return char >= '0' && char <= '9';
}

export function isKeyStart(char: string): boolean {
  return (char >= 'a' && char <= 'z') || (char >= 'A' && char <= 'Z') || char === '_';
}

export function isKeyPart(char: string): boolean {
  return isKeyStart(char) || isDigit(char);
}

/** What may follow `dcv:` in the key of a built-in tag such as `dcv:os-family`. */
export function isBuiltInKeyPart(char: string): boolean {
  return isKeyPart(char) || char === '-';
}

/** Includes the no-break space, which comes along when a requirement is copied from a web page. */
export function isBlank(char: string): boolean {
  return char !== '' && char.trim() === '';
}

/** Quotes of other languages and of word processors, which are refused with a remedy of their own. */
export function isOddQuote(char: string): boolean {
  return char !== '' && '"`´‘’‚‛“”„‟'.includes(char);
}

/** What people write when they forget the quotes: `windows`, `t3.large`, `10.0.0.1`, `größe`. */
export function isBare(char: string): boolean {
  if (isKeyPart(char) || char === '-' || char === '.') return true;
  return char > '\u007f' && !isBlank(char) && !isOddQuote(char);
}

/** Where the run of characters that pass the test ends, starting at `from`. */
export function endOfRun(text: string, from: number, test: (char: string) => boolean): number {
  let end = from;
  while (test(text.charAt(end))) end++;
  return end;
}
