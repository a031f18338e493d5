import type { Clock, Log, Timer } from '@dcvsm/runtime';
import type { Deadline } from './deadline.js';
import { AnswerTimedOut, type SqlServer, type SqlSession } from './sql-server.js';

export interface ConnectionPoolOptions {
  readonly server: SqlServer;
  readonly maxConnections: number;
  readonly clock: Clock;
  readonly log: Log;
}

interface Waiting {
  readonly give: (session: SqlSession | null) => void;
}

/** Connections that are open and free, up to a number; whoever finds none waits in line, but not for ever. */
export class ConnectionPool {
  readonly #options: ConnectionPoolOptions;
  #free: SqlSession[] = [];
  #waiting: Waiting[] = [];
  /** Open or being opened. */
  #count = 0;
  #movedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: ConnectionPoolOptions) {
    this.#options = options;
  }

  /** When a connection was last given back in good order: the database answers. */
  get movedAtMs(): number {
    return this.#movedAtMs;
  }

  /**
   * A connection for the caller alone, to be given back.
   * @rejects AnswerTimedOut, or what the driver says when it cannot connect
   */
  async take(deadline: Deadline): Promise<SqlSession> {
    for (let free = this.#free.pop(); free !== undefined; free = this.#free.pop()) {
      if (!free.isLost) return free;
      this.#count -= 1;
    }
    if (this.#count === this.#options.maxConnections) {
      const session = await this.#turn(deadline);
      if (session !== null) return session;
    } else this.#count += 1;
    return this.#connect(deadline);
  }

  /** A lost connection makes room for another; the free ones went the same way, most likely. */
  giveBack(session: SqlSession): void {
    if (!session.isLost) {
      this.#movedAtMs = this.#options.clock.monotonicMs();
      const next = this.#waiting.shift();
      if (next === undefined) this.#free.push(session);
      else next.give(session);
      return;
    }
    for (const free of this.#free) free.destroy();
    this.#count -= this.#free.length;
    this.#free = [];
    this.#leaveRoom();
  }

  /** Takes leave of the server; all connections have to be back. */
  async close(): Promise<void> {
    const sessions = this.#free;
    this.#free = [];
    await Promise.all(sessions.map((session) => this.#end(session)));
  }

  /** Null: the caller may open a connection of its own, which is counted already. */
  #turn(deadline: Deadline): Promise<SqlSession | null> {
    const { clock, server } = this.#options;
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        give: (session) => {
          timer.cancel();
          resolve(session);
        },
      };
      const look = (): Timer =>
        clock.after(deadline.leftMs, () => {
          if (deadline.leftMs > 0) return void (timer = look());
          this.#waiting = this.#waiting.filter((other) => other !== waiting);
          reject(new AnswerTimedOut(`A connection to ${server.name}`));
        });
      let timer = look();
      this.#waiting.push(waiting);
    });
  }

  #leaveRoom(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#count -= 1;
    else next.give(null);
  }

  /** One that comes too late is not kept. */
  #connect(deadline: Deadline): Promise<SqlSession> {
    const { clock, server } = this.#options;
    return new Promise((resolve, reject) => {
      let isLate = false;
      const giveUp = (error: unknown): void => {
        timer.cancel();
        if (isLate) return;
        isLate = true;
        this.#leaveRoom();
        reject(error);
      };
      const timer = clock.after(deadline.leftMs, () => giveUp(new AnswerTimedOut(server.name)));
      server.connect().then((session) => {
        timer.cancel();
        if (isLate) session.destroy();
        else resolve(session);
      }, giveUp);
    });
  }

  async #end(session: SqlSession): Promise<void> {
    try {
      await session.end();
    } catch (error) {
      this.#options.log.debug({ err: error }, 'A connection to the database did not end in order.');
    }
  }
}
