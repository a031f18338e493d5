import type { GetSessionConnectionDataResponse } from '@dcvsm/protocol';

export interface ConnectionUrlOptions {
  /** `web` for browsers, `native` for the DCV client. Default: web. */
  readonly kind?: 'web' | 'native';
  /** Of the Connection Gateway; absent: the server's own address. */
  readonly host?: string;
  readonly port?: number | string;
}

export interface ConnectionTarget {
  readonly host: string;
  readonly port: string;
  readonly webUrlPath: string;
  readonly sessionId: string;
}

/** Where a user connects to. @throws Error for a session without a server */
export function connectionTarget(
  { Session: session }: GetSessionConnectionDataResponse,
  options: ConnectionUrlOptions = {},
): ConnectionTarget {
  const { Server: server, Id: sessionId } = session;
  const host = options.host ?? server?.Ip;
  const port = options.port ?? server?.Port;
  if (host === undefined || port === undefined) {
    throw new Error('the session has no server yet; wait until it is READY');
  }
  return { host, port: String(port), webUrlPath: server?.WebUrlPath ?? '/', sessionId };
}

/** The address that a user opens. It holds the connection token, so it is as secret as a password. */
export function connectionUrl(
  data: GetSessionConnectionDataResponse,
  options: ConnectionUrlOptions = {},
): string {
  const { host, port, webUrlPath, sessionId } = connectionTarget(data, options);
  const scheme = options.kind === 'native' ? 'dcv' : 'https';
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  const token = encodeURIComponent(data.ConnectionToken);
  return `${scheme}://${name}:${port}${webUrlPath}?authToken=${token}#${encodeURIComponent(sessionId)}`;
}
