import { KeyedQueue } from '@dcvsm/runtime';
import { Refusal } from '../refusal.js';
import { createSession, type CreateRequest, type Surroundings } from './create.js';
import { checkNewSession, type Occupant } from './rules.js';
import type { Session } from './session.js';

/** All sessions of the server. Work on one session happens in turn, on different ones side by side. */
export class Sessions {
  readonly #sessions = new Map<string, Session>();
  /** Sessions that are being created or closed: not to be seen any more or yet, but in the way of others. */
  readonly #between = new Map<string, Occupant>();
  readonly #turns = new KeyedQueue();

  constructor(private readonly around: Surroundings) {}

  /** Oldest first. */
  list(): readonly Session[] {
    return [...this.#sessions.values()];
  }

  /** @throws Refusal if there is no such session */
  find(id: string): Session {
    const session = this.#sessions.get(id);
    if (!session) throw new Refusal(`no session found with id '${id}'`);
    return session;
  }

  /** @throws Refusal if the rules of a DCV server forbid the session */
  create(request: CreateRequest): Promise<void> {
    const id = request.session;
    return this.#turns.run(id, async () => {
      const present = [...this.#sessions.values()].map(({ parts }) => parts);
      checkNewSession({ ...request, id }, [...present, ...this.#between.values()]);
      this.#between.set(id, { id, type: request.type });
      try {
        const session = await createSession(this.around, request);
        this.#sessions.set(id, session);
        void session.parts.display.gone.then(() => this.#displayGone(session));
      } finally {
        this.#between.delete(id);
      }
      this.around.log.info({ session: id, type: request.type, owner: request.owner }, 'session created');
    });
  }

  /** @throws Refusal if there is no such session */
  close(id: string): Promise<void> {
    return this.#turns.run(id, () => this.#end(this.find(id), 'session closed'));
  }

  /** Ends all sessions, also those that are being created. */
  async closeAll(reason: string): Promise<void> {
    await this.#turns.idle();
    await Promise.all(this.list().map((session) => this.#end(session, reason)));
  }

  async #end(session: Session, reason: string): Promise<void> {
    const { id, type } = session.parts;
    this.#sessions.delete(id);
    this.#between.set(id, { id, type });
    try {
      await session.stop(this.around.clock);
    } finally {
      this.#between.delete(id);
    }
    this.around.log.info({ session: id }, reason);
  }

  #displayGone(session: Session): void {
    const { id } = session.parts;
    const end = this.#turns.run(id, async () => {
      if (this.#sessions.get(id) === session)
        await this.#end(session, 'the display ended and the session with it');
    });
    end.catch((cause: unknown) =>
      this.around.log.error({ err: cause, session: id }, 'a session did not end cleanly'),
    );
  }
}
