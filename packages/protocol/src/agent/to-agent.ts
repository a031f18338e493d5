import { z } from 'zod';
import { Command } from './command.js';

/** Answer to hello: the link is established. */
export const Welcome = z.object({
  type: z.literal('welcome'),
  protocolVersion: z.int().min(1),
  /** Number of this link; later links of the same server have higher ones. */
  epoch: z.int(),
  /** The agent sends a heartbeat this often; the broker gives the link up after a few missing ones. */
  heartbeatMs: z.int().min(1),
});
export type Welcome = z.infer<typeof Welcome>;

/** Answer to a hello that cannot be accepted; the broker closes the link after it. */
export const Refused = z.object({ type: z.literal('refused'), reason: z.string() });

export const CommandMessage = z.object({
  type: z.literal('command'),
  commandId: z.string().max(256),
  /** Time left for it, in milliseconds from its arrival; after that the agent must not leave a session behind. */
  timeLeftMs: z.number(),
  command: Command,
});
export type CommandMessage = z.infer<typeof CommandMessage>;

export const ReportAccepted = z.object({ type: z.literal('report-accepted'), requestId: z.string() });

/** The broker sees another state than it should and wants a report now instead of at the next interval. */
export const ReportNow = z.object({ type: z.literal('report-now') });

export const ToAgent = z.discriminatedUnion('type', [
  Welcome,
  Refused,
  CommandMessage,
  ReportAccepted,
  ReportNow,
]);
export type ToAgent = z.infer<typeof ToAgent>;
