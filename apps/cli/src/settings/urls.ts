/** undefined: it is no address of a web server. */
export function parseWebUrl(text: string): URL | undefined {
  // The parser would make something of quotes that were left around it.
  if (/["'\s]/.test(text)) return undefined;
  // People leave the scheme out; without it the part before the port would be taken for one.
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  if (!URL.canParse(whole)) return undefined;
  const url = new URL(whole);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url : undefined;
}

/** The base of the broker's API, without the slash at its end. undefined: it is no such address. */
export function brokerBase(text: string): string | undefined {
  const url = parseWebUrl(text.trim());
  if (url === undefined || url.search !== '' || url.hash !== '') return undefined;
  return url.href.replace(/\/+$/, '');
}

/** Where the broker itself gives tokens. */
export function ownTokenUrl(base: string): string {
  return `${base}/oauth2/token?grant_type=client_credentials`;
}

/** For messages: without the password that may stand in it. */
export function shownUrl(text: string): string {
  const url = parseWebUrl(text);
  if (url === undefined) return text;
  if (url.password !== '') url.password = '***';
  return url.href;
}
