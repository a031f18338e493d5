/** Where the NATS servers are, and as whom to speak to them, as far as the address says it. */
export interface NatsUrl {
  /** `host:port` of each, IPv6 in brackets. */
  readonly servers: readonly string[];
  /** TLS is demanded. */
  readonly tls: boolean;
  readonly user: string | null;
  readonly password: string | null;
  readonly token: string | null;
}

export type ParsedNatsUrl =
  | { readonly kind: 'url'; readonly url: NatsUrl }
  | { readonly kind: 'problem'; readonly problem: string; readonly remedy: string };

const DEFAULT_PORT = '4222';
const EXAMPLE = 'write for example tls://nats-1.example.com:4222,tls://nats-2.example.com:4222';

/** Reads `cluster-nats-url`. Nothing of it is in the problems, since it may hold a password. */
export function parseNatsUrl(text: string): ParsedNatsUrl {
  const parts = text.split(',').map((part) => part.trim());
  const urls = parts.map(toUrl).filter((url) => url !== null);
  if (urls.length < parts.length)
    return refused('is not the address of a NATS server, or several separated by commas', EXAMPLE);
  const logins = new Set(urls.map(({ username, password }) => `${username}:${password}`).filter(notEmpty));
  if (logins.size > 1)
    return refused(
      'names several users',
      'give all NATS servers the same user; it may stand with the first alone',
    );
  if (new Set(urls.map(({ protocol }) => protocol)).size > 1)
    return refused(
      'demands TLS of some servers and not of others',
      'write tls:// before each, or nats:// before each',
    );
  const login = urls.find(({ username }) => username !== '');
  const [user, password] = [decoded(login?.username), decoded(login?.password)];
  if (user === undefined || password === undefined)
    return refused('has a user or password with a broken % code', 'write % itself as %25');
  const isToken = user !== null && password === null;
  return {
    kind: 'url',
    url: {
      servers: urls.map(({ hostname, port }) => `${hostname}:${port === '' ? DEFAULT_PORT : port}`),
      tls: urls[0]?.protocol === 'tls:',
      user: isToken ? null : user,
      password,
      token: isToken ? user : null,
    },
  };
}

/** Null: no address of a NATS server. */
function toUrl(part: string): URL | null {
  const text = part.includes('://') ? part : `nats://${part}`;
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const isNats = url.protocol === 'nats:' || url.protocol === 'tls:';
  const isBare = (url.pathname === '' || url.pathname === '/') && url.search === '' && url.hash === '';
  return isNats && isBare && url.hostname !== '' ? url : null;
}

function notEmpty(login: string): boolean {
  return login !== ':';
}

/** Null: there is none; undefined: it cannot be read. */
function decoded(text: string | undefined): string | null | undefined {
  if (text === undefined || text === '') return null;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function refused(problem: string, remedy: string): Extract<ParsedNatsUrl, { kind: 'problem' }> {
  return { kind: 'problem', problem, remedy };
}
