import { z } from 'zod';
import { HostSession } from './facts.js';

/** What the broker wants done on a host. Every command is idempotent by session id and may arrive twice. */
export const Command = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('create-session'),
    sessionId: z.string(),
    name: z.string(),
    owner: z.string(),
    type: z.enum(['CONSOLE', 'VIRTUAL']),
    dcvGlEnabled: z.boolean().optional(),
    maxConcurrentClients: z.int().optional(),
    initFile: z.string().optional(),
    autorunFile: z.string().optional(),
    autorunFileArguments: z.array(z.string()).optional(),
    /** Base64. */
    permissionsFile: z.string().optional(),
    storageRoot: z.string().optional(),
  }),
  z.object({ kind: z.literal('delete-session'), sessionId: z.string() }),
  /** `permissionsFile` is base64. */
  z.object({ kind: z.literal('set-permissions'), sessionId: z.string(), permissionsFile: z.string() }),
  z.object({
    kind: z.literal('take-screenshot'),
    sessionId: z.string(),
    maxWidth: z.int(),
    maxHeight: z.int(),
    format: z.enum(['png', 'jpeg']),
  }),
]);
export type Command = z.infer<typeof Command>;
export type CommandKind = Command['kind'];
export type CommandOf<Kind extends CommandKind> = Extract<Command, { kind: Kind }>;

/** A picture taken; its base64 data came before the outcome, in `parts` messages. */
export const Picture = z.object({
  format: z.enum(['png', 'jpeg']),
  takenAt: z.iso.datetime({ offset: true }),
  primary: z.boolean(),
  parts: z.int().min(1),
});
export type Picture = z.infer<typeof Picture>;

/** What became of a command. Expected failures are values with a reason for people. */
export const Outcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('created'), session: HostSession }),
  /** Also the outcome when there was nothing to delete. */
  z.object({ kind: z.literal('deleted') }),
  z.object({ kind: z.literal('permissions-set') }),
  z.object({ kind: z.literal('screenshot'), picture: Picture }),
  z.object({
    kind: z.literal('failed'),
    reason: z.string().max(4096),
    /** Whether the same session does not exist on the host. */
    sessionMissing: z.boolean(),
  }),
]);
export type Outcome = z.infer<typeof Outcome>;
export type OutcomeKind = Outcome['kind'];
