import { z } from 'zod';
import { text } from '../api/scalars.js';
import { Outcome } from './command.js';
import { Report } from './facts.js';
import { MAX_AGENT_TOKEN_CHARACTERS } from './registration.js';

/** First message on a link: who this is and what the host looks like. */
export const Hello = z.object({
  type: z.literal('hello'),
  protocolVersion: z.int().min(1),
  serverId: text(512).min(1),
  /**
   * Ids this same host had before its name or address changed; the broker forgets those servers and moves
   * what is alive to the new id, so that a renamed host leaves no ghost.
   */
  previousServerIds: z.array(z.string().max(512)).max(16),
  report: Report,
});
export type Hello = z.infer<typeof Hello>;

/** Renews the lease, nothing else. */
export const Heartbeat = z.object({ type: z.literal('heartbeat') });

export const ReportMessage = z.object({
  type: z.literal('report'),
  /** 32 hexadecimal digits; comes back in `report-accepted`. */
  requestId: z.string().max(64),
  report: Report,
});

/** One piece of a picture's base64, in order; the outcome of the command follows the last. */
export const PicturePart = z.object({
  type: z.literal('picture-part'),
  commandId: z.string().max(256),
  data: z.string(),
});

export const OutcomeMessage = z.object({
  type: z.literal('outcome'),
  commandId: z.string().max(256),
  outcome: Outcome,
});

/**
 * A newer access token of the same agent, in time before the one of the link ends. There is no answer: a link whose token
 * is not accepted, or not renewed, is closed.
 */
export const RenewToken = z.object({
  type: z.literal('renew-token'),
  token: z.string().max(MAX_AGENT_TOKEN_CHARACTERS),
});

export const ToBroker = z.discriminatedUnion('type', [
  Hello,
  Heartbeat,
  ReportMessage,
  PicturePart,
  OutcomeMessage,
  RenewToken,
]);
export type ToBroker = z.infer<typeof ToBroker>;
