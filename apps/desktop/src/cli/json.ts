import type { ConnectionFacts, EndpointFacts, SessionFacts } from '../wire/answer.js';

const LICENCE_DAYS = 30;
const DAY_MS = 86_400_000;

/** RFC 3339 in UTC with six digits of a second; empty for never. */
export function dateTime(timeMs: number | null): string {
  return timeMs === null ? '' : new Date(timeMs).toISOString().replace('Z', '000Z');
}

/** JSON as the dcv command prints it: two spaces deep, with a space on both sides of a colon. */
export function printJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2).replace(/^(\s*"(?:[^"\\]|\\.)*"):/gm, '$1 :')}\n`;
}

/** The session object of describe-session and list-sessions (DCV administrator guide, "Viewing sessions"). */
export function sessionJson(session: SessionFacts): unknown {
  return {
    id: session.id,
    owner: session.owner,
    user: session.user,
    name: session.name,
    'num-of-connections': session.connections,
    'creation-time': dateTime(session.createdAtMs),
    'last-disconnection-time': dateTime(session.lastDisconnectedAtMs),
    'licensing-mode': 'DEMO',
    licenses: [
      {
        product: 'dcv',
        status: 'licensed',
        'check-timestamp': dateTime(session.createdAtMs),
        'expiration-date': dateTime(session.createdAtMs + LICENCE_DAYS * DAY_MS),
      },
    ],
    'storage-root': session.storageRoot,
    type: session.type,
    status: 'created',
    'x11-display': session.xDisplay,
    'x11-authority': session.xAuthority,
    'display-layout': session.layout.map(({ width, height, x, y }) => ({ width, height, x, y })),
  };
}

export function connectionJson(connection: ConnectionFacts): unknown {
  return {
    id: connection.id,
    username: connection.username,
    'user-agent': 'dcv-desktop connect',
    'client-mode': 'full',
    transport: 'websocket',
    'connection-time': dateTime(connection.connectedAtMs),
    'last-interaction-time': dateTime(connection.lastInteractionAtMs),
    'first-frame-time': dateTime(connection.firstFrameAtMs),
  };
}

export function endpointJson({ ipAddress, port, protocol, webUrlPath }: EndpointFacts): unknown {
  return { 'ip-address': ipAddress, port, protocol, 'web-url-path': webUrlPath };
}
