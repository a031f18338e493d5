import { HostFacts, SessionState, SessionType } from '@dcvsm/protocol';
import { z } from 'zod';
import type { Server } from '../domain/server.js';
import type { Session, WantedSession } from '../domain/session.js';
import type { Registration } from './store.js';

/** The kept records as schemas: what is read back is checked, and nothing is kept that could not be read back. */

/** Names the optional fields too: one that is missing in its schema would be dropped without a word. */
type Every<T> = Record<keyof T, z.ZodType>;

const time = z.number();
const count = z.int().min(0);

const WantedRecord: z.ZodType<WantedSession> = z.object({
  dcvGlEnabled: z.boolean().exactOptional(),
  maxConcurrentClients: z.number().exactOptional(),
  initFile: z.string().exactOptional(),
  autorunFile: z.string().exactOptional(),
  autorunFileArguments: z.array(z.string()).exactOptional(),
  permissionsFile: z.string().exactOptional(),
  requirements: z.string().exactOptional(),
  storageRoot: z.string().exactOptional(),
  serverTags: z.array(z.object({ key: z.string(), value: z.string() })).exactOptional(),
  enqueue: z.boolean(),
  retryOnFailure: z.boolean(),
} satisfies Every<WantedSession>);

export const SessionRecord: z.ZodType<Session> = z.object({
  key: z.string(),
  id: z.string(),
  name: z.string(),
  owner: z.string(),
  type: SessionType,
  wanted: WantedRecord.nullable(),
  state: SessionState,
  stateReason: z.string().nullable(),
  serverId: z.string().nullable(),
  triedServerIds: z.array(z.string()),
  requestedAtMs: time,
  queuedUntilMs: time.nullable(),
  reservedUntilMs: time.nullable(),
  createdAtMs: time.nullable(),
  deletedAtMs: time.nullable(),
  unwanted: z.boolean(),
  forced: z.boolean(),
  storageRoot: z.string().nullable(),
  version: count,
} satisfies Every<Session>);

export const ServerRecord: z.ZodType<Server> = z.object({
  id: z.string(),
  facts: HostFacts,
  gate: z.enum(['OPEN', 'CLOSED']),
  linkEpoch: count,
  placementVersion: count,
  registeredAtMs: time,
} satisfies Every<Server>);

export const RegistrationRecord: z.ZodType<Registration> = z.object({
  kind: z.enum([
    'api-client',
    'agent-client',
    'auth-server',
    'software-statement',
    'signing-key',
    'revoked-token',
    'dns-mapping',
  ]),
  id: z.string(),
  uniqueName: z.string().nullable(),
  createdAtMs: time,
  body: z.string(),
  version: count,
} satisfies Every<Registration>);

/**
 * A copy of the value that holds exactly what its schema knows.
 * @param what names the record in the error, for instance `session "desk-1"`
 * @throws TypeError: the caller asks to keep something that could not be read back
 */
export function checked<T>(schema: z.ZodType<T>, value: T, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new TypeError(`The store cannot keep ${what}: ${problemsOf(result.error)}`, { cause: result.error });
}

export function problemsOf(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.') || 'the record'}: ${issue.message}`).join('; ');
}
