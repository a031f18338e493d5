import { chmodSync, closeSync, existsSync, fstatSync, mkdirSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock, Log, Timer } from '@dcvsm/runtime';
import type { AuditEntry } from './audit-entry.js';
import { auditFiles, CURRENT_FILE, cutTail, fullFileName, openForAppend, readTail } from './audit-files.js';
import { continueChain, emptyChain, type ChainHead } from './audit-line.js';

export interface AuditLogOptions {
  /** Created if it is missing, for this user only. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  /** A file that has become larger is closed and the next one begun; the chain goes on. */
  readonly maxFileBytes: number;
}

/** While the disk is full, as many entries wait; later ones are counted and named by a line of their own. */
const MOST_WAITING = 10_000;
const RETRY_MS = 1000;

interface Waiting {
  readonly atMs: number;
  readonly entry: AuditEntry;
}

/**
 * The audit log: JSON lines, appended only, each with the hash of the one before, so that a changed or removed line
 * shows. Entries of one turn of the event loop are handed to the system together at its end, before their answers
 * leave: the death of the process loses none. It is not flushed to the disk at each line, so that a loss of power may
 * cost the last seconds.
 */
export class AuditLog {
  readonly #options: AuditLogOptions;
  #waiting: Waiting[] = [];
  #lost = 0;
  #isScheduled = false;
  #retry: Timer | null = null;
  #descriptor: number;
  #firstSeqOfFile: number;
  #bytes: number;
  #head: ChainHead;

  /** @throws Error when the folder cannot be used or its newest file is not an audit log */
  constructor(options: AuditLogOptions) {
    this.#options = options;
    mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    const { head, firstSeq, cutBytes } = resume(options.folder);
    this.#head = head;
    this.#firstSeqOfFile = firstSeq;
    this.#descriptor = openForAppend(this.#file);
    chmodSync(this.#file, 0o600);
    this.#bytes = fstatSync(this.#descriptor).size;
    if (cutBytes > 0) {
      const reason = `${cutBytes} bytes of an unfinished line were cut off the end of the log`;
      this.record({
        actor: { kind: 'broker' },
        action: 'audit.repair',
        objects: [],
        outcome: 'success',
        reason,
      });
    }
  }

  /** Where the chain stands, with all that was written. */
  get head(): ChainHead {
    return this.#head;
  }

  /** Takes an entry; never throws, never waits. */
  record(entry: AuditEntry): void {
    if (this.#waiting.length >= MOST_WAITING) {
      this.#lost += 1;
      return;
    }
    this.#waiting.push({ atMs: this.#options.clock.now(), entry });
    if (this.#isScheduled || this.#retry !== null) return;
    this.#isScheduled = true;
    queueMicrotask(() => this.#write());
  }

  close(): void {
    this.#retry?.cancel();
    this.#write();
    this.#retry?.cancel();
    closeSync(this.#descriptor);
  }

  get #file(): string {
    return join(this.#options.folder, CURRENT_FILE);
  }

  #write(): void {
    this.#isScheduled = false;
    this.#retry = null;
    if (this.#waiting.length === 0) return;
    let head = this.#head;
    let text = '';
    for (const { atMs, entry } of this.#waiting) {
      const next = continueChain(head, atMs, entry);
      head = next.head;
      text += `${next.text}\n`;
    }
    try {
      this.#append(text);
    } catch (error) {
      return this.#tryLater(error);
    }
    this.#head = head;
    this.#waiting = [];
    this.#nameTheLost();
    this.#rotate();
  }

  /** Whole or not at all: a part that was written before the disk was full is taken back. */
  #append(text: string): void {
    const bytes = Buffer.from(text);
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(this.#descriptor, bytes, written);
    } catch (error) {
      if (written > 0) cutTail(this.#file, written);
      throw error;
    }
    this.#bytes += bytes.length;
  }

  #tryLater(error: unknown): void {
    const { clock, log } = this.#options;
    log.error({ err: error, waiting: this.#waiting.length }, 'the audit log cannot be written; trying again');
    this.#retry = clock.after(RETRY_MS, () => this.#write());
  }

  #nameTheLost(): void {
    if (this.#lost === 0) return;
    const reason = `${this.#lost} entries were lost while the log could not be written`;
    this.#lost = 0;
    this.record({ actor: { kind: 'broker' }, action: 'audit.loss', objects: [], outcome: 'failed', reason });
  }

  #rotate(): void {
    if (this.#bytes < this.#options.maxFileBytes) return;
    closeSync(this.#descriptor);
    renameSync(this.#file, join(this.#options.folder, fullFileName(this.#firstSeqOfFile)));
    this.#descriptor = openForAppend(this.#file);
    this.#firstSeqOfFile = this.#head.seq + 1;
    this.#bytes = 0;
    // The ordinary log usually leaves the host: a chain that was made anew would not go through this hash.
    this.#options.log.info({ seq: this.#head.seq, hash: this.#head.hash }, 'audit log rotated');
  }
}

interface Resumed {
  readonly head: ChainHead;
  readonly firstSeq: number;
  readonly cutBytes: number;
}

/** Continues the newest file, or the chain of the full ones. */
function resume(folder: string): Resumed {
  const full = auditFiles(folder).filter((file) => !file.endsWith(CURRENT_FILE));
  const before = full.length === 0 ? emptyChain : readTail(full.at(-1) ?? '').head;
  const current = join(folder, CURRENT_FILE);
  if (!existsSync(current)) return { head: before, firstSeq: before.seq + 1, cutBytes: 0 };
  const { head, tornBytes } = readTail(current);
  if (tornBytes > 0) cutTail(current, tornBytes);
  return { head: head.seq === 0 ? before : head, firstSeq: before.seq + 1, cutBytes: tornBytes };
}
