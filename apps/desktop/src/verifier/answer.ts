/** What an auth-token-verifier says about a token. */
export type VerifierAnswer =
  { readonly kind: 'yes'; readonly username: string } | { readonly kind: 'no'; readonly message: string };

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function decodeText(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([0-9a-fA-F]+)|(\w+));/g, (whole, decimal, hexadecimal, name) => {
    if (decimal !== undefined) return codePoint(Number(decimal), whole);
    if (hexadecimal !== undefined) return codePoint(parseInt(String(hexadecimal), 16), whole);
    return ENTITIES[String(name)] ?? whole;
  });
}

const codePoint = (code: number, whole: string): string =>
  code <= 0x10ffff ? String.fromCodePoint(code) : whole;

/**
 * Understands the answer's body (DCV administrator guide, "Using external authentication"). The body decides,
 * whatever the HTTP status. Null if it is no such answer.
 */
export function parseVerifierAnswer(body: string): VerifierAnswer | null {
  const text = body
    .replace(/^\uFEFF?\s*(?:<\?xml[^?]*\?>)?/, '')
    .replace(/<!--[\s\S]*?-->/g, '')
    .trim();
  const [, result, inner = ''] =
    /^<auth\s+result\s*=\s*["'](yes|no)["']\s*(?:\/>|>([\s\S]*)<\/auth>)$/.exec(text) ?? [];
  if (result === 'no') {
    const message = /<message>([\s\S]*?)<\/message>/.exec(inner)?.[1] ?? '';
    return { kind: 'no', message: decodeText(message.trim()) };
  }
  const username = decodeText(/<username>([\s\S]*?)<\/username>/.exec(inner)?.[1]?.trim() ?? '');
  return result === 'yes' && username !== '' ? { kind: 'yes', username } : null;
}
