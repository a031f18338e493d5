import { hash } from 'node:crypto';
import { escapeInvisible } from '@dcvsm/runtime';
import { z } from 'zod';
import type { AuditEntry } from './audit-entry.js';

/** What the first line names as the hash of the line before it. */
export const FIRST_PREVIOUS = '0'.repeat(64);

/** Longer texts of callers are cut: a line is for people, and stays far below what other tools read. */
const LONGEST_TEXT = 256;
const MOST_OBJECTS = 100;

const ActorRecord = z.object({
  kind: z.enum(['client', 'agent', 'gateway', 'unknown', 'operator', 'broker', 'anybody']),
  id: z.string().nullable().optional(),
});

/** One line of the audit log, as read back. */
export const AuditLine = z.object({
  /** Counts the lines from 1, over all files. */
  seq: z.int().min(1),
  at: z.iso.datetime(),
  actor: ActorRecord,
  action: z.string(),
  objects: z.array(z.string()),
  /** How many more there were than are listed. */
  moreObjects: z.int().optional(),
  outcome: z.enum(['success', 'refused', 'failed']),
  reason: z.string().optional(),
  address: z.string().optional(),
  requestId: z.string().optional(),
  /** SHA-256 of the whole line before this one, without its line break, in hexadecimal. */
  previous: z.string().regex(/^[0-9a-f]{64}$/),
});
export type AuditLine = z.infer<typeof AuditLine>;

/** Where the chain stands: what the next line continues. */
export interface ChainHead {
  /** 0: there is no line yet. */
  readonly seq: number;
  readonly hash: string;
}

export const emptyChain: ChainHead = { seq: 0, hash: FIRST_PREVIOUS };

export function hashLine(text: string): string {
  return hash('sha256', text, 'hex');
}

/** The text of the line that continues the chain, and the chain with it. */
export function continueChain(
  head: ChainHead,
  atMs: number,
  entry: AuditEntry,
): { readonly text: string; readonly head: ChainHead } {
  const { actor, action, outcome, reason, address, requestId } = entry;
  const line: AuditLine = {
    seq: head.seq + 1,
    at: new Date(atMs).toISOString(),
    actor: 'id' in actor ? { kind: actor.kind, id: actor.id === null ? null : cut(actor.id) } : actor,
    action,
    objects: entry.objects.slice(0, MOST_OBJECTS).map(cut),
    ...(entry.objects.length > MOST_OBJECTS && { moreObjects: entry.objects.length - MOST_OBJECTS }),
    outcome,
    ...(reason !== undefined && { reason: cut(reason) }),
    ...(address !== undefined && { address: cut(address) }),
    ...(requestId !== undefined && { requestId: cut(requestId) }),
    previous: head.hash,
  };
  // A name must not hide itself, or change how a terminal shows the line.
  const text = escapeInvisible(JSON.stringify(line));
  return { text, head: { seq: line.seq, hash: hashLine(text) } };
}

function cut(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}…`;
}
