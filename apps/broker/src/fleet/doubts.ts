import { refreshSession } from './change-session.js';
import type { FleetContext } from './fleet-context.js';
import { refreshServer } from './place-session.js';

/** What a write is about. */
export interface Subject {
  readonly sessionKey?: string;
  readonly serverId?: string;
}

/** What became of some writes is not known; until it is, the view may lack what the store has. */
export class Doubts {
  readonly #subjects = new Map<string, Subject>();
  #settling: Promise<void> | null = null;

  add(subject: Subject): void {
    this.#subjects.set(JSON.stringify(subject), { ...subject });
  }

  get areThere(): boolean {
    return this.#subjects.size > 0;
  }

  /** Reads again what the doubts are about. @rejects when the store cannot be asked; the doubts stay */
  settle(context: FleetContext): Promise<void> {
    this.#settling ??= this.#readAll(context).finally(() => {
      this.#settling = null;
    });
    return this.#settling;
  }

  async #readAll(context: FleetContext): Promise<void> {
    for (const [name, subject] of this.#subjects) {
      const { sessionKey, serverId } = subject;
      if (sessionKey !== undefined) await refreshSession(context, sessionKey);
      if (serverId !== undefined) await refreshServer(context, serverId);
      // A later write of the same may have come to doubt while this one was read.
      if (this.#subjects.get(name) === subject) this.#subjects.delete(name);
    }
    if (this.areThere) await this.#readAll(context);
  }
}

/**
 * Settles as `write` does. A write that fails may have been carried out all the same, when only its answer was lost (a
 * database that fails over, a disk error at the very end): what it was about is doubtful until it has been read again.
 */
export async function written<T>(context: FleetContext, subject: Subject, write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    context.doubts.add(subject);
    throw error;
  }
}
