import { z } from 'zod';

const text = z.string().max(4096);
const size = z.number().int().min(1).max(100_000);
const head = z.object({
  width: size,
  height: size,
  x: z.number().int(),
  y: z.number().int(),
});

/** What the dcv command asks the daemon; one object, one line of JSON, one connection. */
export const DcvRequest = z.discriminatedUnion('command', [
  z.object({
    command: z.literal('create-session'),
    session: text,
    type: z.enum(['console', 'virtual']),
    name: text,
    user: text,
    owner: text,
    permissionsFile: text.nullable(),
    storageRoot: text.nullable(),
    gl: z.boolean(),
    maxConcurrentClients: z.number().int().nullable(),
    init: text.nullable(),
  }),
  z.object({ command: z.literal('close-session'), session: text }),
  z.object({ command: z.literal('list-sessions'), session: text.nullable() }),
  z.object({ command: z.literal('describe-session'), session: text }),
  z.object({ command: z.literal('list-connections'), session: text }),
  z.object({ command: z.literal('close-connection'), session: text, connection: z.number().int() }),
  z.object({
    command: z.literal('get-screenshot'),
    session: text,
    maxWidth: size.nullable(),
    maxHeight: size.nullable(),
    format: z.enum(['png', 'jpeg']),
    primary: z.boolean(),
  }),
  z.object({ command: z.literal('set-display-layout'), session: text, heads: z.array(head).min(1) }),
  z.object({ command: z.literal('set-name'), session: text, name: text }),
  z.object({
    command: z.literal('set-permissions'),
    session: text,
    change: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('none') }),
      z.object({ kind: z.literal('reset') }),
      z.object({ kind: z.literal('file'), path: text }),
    ]),
  }),
  z.object({ command: z.literal('set-storage-root'), session: text, path: text }),
  z.object({ command: z.literal('list-endpoints') }),
]);
export type DcvRequest = z.infer<typeof DcvRequest>;
export type DcvCommand = DcvRequest['command'];

export const DCV_COMMANDS: ReadonlySet<string> = new Set(
  DcvRequest.options.map(({ shape }) => shape.command.value),
);

export const FAULT_KINDS = ['slow', 'fail', 'garbage', 'hang', 'none'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** What tests and demonstrations ask the daemon, playing users, clients and accidents. */
export const ControlRequest = z.discriminatedUnion('command', [
  z.object({ command: z.literal('connect'), session: text, token: text, clientAddress: text }),
  z.object({ command: z.literal('disconnect'), session: text, connection: z.number().int().nullable() }),
  z.object({ command: z.literal('vanish'), session: text }),
  z.object({ command: z.literal('restart'), downMs: z.number().int().min(0) }),
  z.object({
    command: z.literal('fault'),
    of: text,
    kind: z.enum(FAULT_KINDS),
    delayMs: z.number().int().min(0),
    times: z.number().int().min(1).nullable(),
  }),
]);
export type ControlRequest = z.infer<typeof ControlRequest>;

export const Request = z.union([DcvRequest, ControlRequest]);
export type Request = z.infer<typeof Request>;
