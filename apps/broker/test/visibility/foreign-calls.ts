import type { OperationId } from '@dcvsm/protocol';

const UNKNOWN_SESSION = '00000000-0000-4000-8000-000000000000';
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;

/** Of a permissions file that is in order. */
export const permissions = Buffer.from('[permissions]\n%owner% allow builtin\n').toString('base64');

/** Ways to write an id; each is compared with the same way to write an id that nobody knows. */
export const forms: Readonly<Record<string, (id: string) => string>> = {
  exact: (id) => id,
  'upper case': (id) => id.toUpperCase(),
  'a blank before it': (id) => ` ${id}`,
  'a blank after it': (id) => `${id} `,
};

/** A call that names that id; without a body it is a GET. */
export type Call = (id: string) => readonly [path: string, body?: unknown];

/** Every way to name a session, by operation. */
export const callsOnSessions: Readonly<Partial<Record<OperationId, readonly Call[]>>> = {
  describeSessions: [
    (SessionId) => ['/describeSessions', { SessionIds: [SessionId] }],
    (SessionId) => [
      '/describeSessions',
      { SessionIds: [SessionId], Filters: [{ Key: 'owner', Value: 'alice' }] },
    ],
  ],
  deleteSessions: ['alice', 'bob'].flatMap((Owner) =>
    [true, false].map(
      (Force) => (SessionId: string) => ['/deleteSessions', [{ SessionId, Owner, Force }]] as const,
    ),
  ),
  getSessionScreenshots: [(SessionId) => ['/getSessionScreenshots', [{ SessionId }]]],
  updateSessionPermissions: ['alice', 'bob'].map(
    (Owner) => (SessionId: string) =>
      ['/sessionPermissions', [{ SessionId, Owner, PermissionsFile: permissions }]] as const,
  ),
  GetSessionConnectionData: ['alice', 'bob'].map(
    (user) => (id: string) => [`/sessionConnectionData/${encodeURIComponent(id)}/${user}`] as const,
  ),
};

/** Every way to name a server, by operation. */
export const callsOnServers: Readonly<Partial<Record<OperationId, readonly Call[]>>> = {
  describeServers: [(ServerId) => ['/describeServers', { ServerIds: [ServerId] }]],
  openServers: [(ServerId) => ['/openServers', [{ ServerId }]]],
  closeServers: [
    (ServerId) => ['/closeServers', [{ ServerId }]],
    (ServerId) => ['/closeServers', [{ ServerId, Force: true }]],
  ],
  createSessions: ['=', '!=', ':='].flatMap((operator) =>
    [true, false].map((EnqueueRequest) => (id: string) => {
      const Requirements = `server:Id ${operator} '${id}'`;
      return [
        '/createSessions',
        [{ Name: 'probe', Owner: 'bob', Type: 'VIRTUAL', Requirements, EnqueueRequest }],
      ];
    }),
  ),
};

/** The body of an answer without what differs between any two calls, and with `<id>` for what was asked for. */
export function heardText(text: string, asked: string): string {
  const named = text.replaceAll(JSON.stringify(asked).slice(1, -1), '<id>');
  return named.replace(UUID, '<uuid>').replace(TIME, '<time>');
}

/** The same number of characters, so that even the length of the answer can be compared. */
export function unknownLike(id: string): string {
  return id.length === UNKNOWN_SESSION.length ? UNKNOWN_SESSION : 'x'.repeat(id.length);
}
