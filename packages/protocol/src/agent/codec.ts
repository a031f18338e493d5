import { z } from 'zod';
import { ToAgent } from './to-agent.js';
import { ToBroker } from './to-broker.js';

/**
 * The only place where the agent wire is read and written. `unknown-type` is no error: a newer peer may say
 * things that this one does not know yet.
 */
export type Decoded<Message> =
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'unknown-type'; readonly type: string }
  | { readonly kind: 'malformed'; readonly problem: string };

export function decodeToBroker(frame: string): Decoded<ToBroker> {
  return decode(ToBroker, TO_BROKER_TYPES, frame);
}

export function decodeToAgent(frame: string): Decoded<ToAgent> {
  return decode(ToAgent, TO_AGENT_TYPES, frame);
}

export function encodeToBroker(message: ToBroker): string {
  return JSON.stringify(message);
}

export function encodeToAgent(message: ToAgent): string {
  return JSON.stringify(message);
}

const TO_BROKER_TYPES = new Set<string>(ToBroker.options.map((option) => option.shape.type.value));
const TO_AGENT_TYPES = new Set<string>(ToAgent.options.map((option) => option.shape.type.value));
const Envelope = z.looseObject({ type: z.string().max(128) });

function decode<Message>(
  schema: z.ZodType<Message>,
  known: ReadonlySet<string>,
  frame: string,
): Decoded<Message> {
  let value: unknown;
  try {
    value = JSON.parse(frame);
  } catch {
    return { kind: 'malformed', problem: 'not JSON' };
  }
  const envelope = Envelope.safeParse(value);
  if (!envelope.success) return { kind: 'malformed', problem: 'not an object with a "type"' };
  if (!known.has(envelope.data.type)) return { kind: 'unknown-type', type: envelope.data.type };
  const message = schema.safeParse(value);
  if (message.success) return { kind: 'message', message: message.data };
  const [issue] = message.error.issues;
  const where = issue?.path.map(String).join('.') || 'message';
  return { kind: 'malformed', problem: `${envelope.data.type}: ${where}: ${issue?.message ?? 'invalid'}` };
}
