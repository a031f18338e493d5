import type { Server } from '../../../broker/src/domain/server.js';
import type { Session } from '../../../broker/src/domain/session.js';
import { MemoryStore } from '../../../broker/src/store/memory-store.js';
import { StoreUnavailable } from '../../../broker/src/store/store-error.js';
import type { Store } from '../../../broker/src/store/store.js';
import type { ProcessClock } from './computer.js';
import type { Dice, World } from './world.js';

/** What a store's bad days are like. */
export interface StoreWeather {
  /** Part of the calls that fail, and change nothing. */
  failing: number;
  /** Part of the calls that are carried out and fail nevertheless: the answer is lost. */
  losingAnswers: number;
  /** Longest time of a call. */
  slowMs: number;
}

export const FAIR: StoreWeather = { failing: 0, losingAnswers: 0, slowMs: 2 };

/** Something that was changed for good, seen in the moment in which it was. */
export interface Commit {
  readonly operation: keyof Store;
  readonly before: Session | undefined;
  readonly after: Session | undefined;
  readonly server: Server | undefined;
}

const WRITES: readonly (keyof Store)[] = [
  'addSession',
  'reserve',
  'changeSession',
  'removeSession',
  'registerServer',
  'changeServerFacts',
  'setGate',
  'touchServer',
  'removeServer',
];
const REFUSALS = ['exists', 'server-changed', 'session-changed', 'conflict', null];

/** The store behind the brokers: what is committed in it survives them all. */
export class StoreRoom {
  readonly #kept = new MemoryStore();
  readonly sessions = new Map<string, Session>();
  readonly servers = new Map<string, Server>();
  weather: StoreWeather = { ...FAIR };
  onCommit: (commit: Commit) => void = () => undefined;

  constructor(
    readonly world: World,
    readonly dice: Dice,
  ) {}

  /** The store as one broker process has it. Once the process is dead it changes nothing and answers nothing. */
  handleOf(clock: ProcessClock): Store {
    let lastCommitMs = 0;
    const call = (operation: keyof Store, given: readonly unknown[]): Promise<unknown> => {
      const args = structuredClone(given);
      const { world, dice, weather } = this;
      const fate = this.#fate(operation);
      lastCommitMs = Math.max(lastCommitMs, world.nowMs + dice.between(0.05, weather.slowMs));
      return new Promise((resolve, reject) => {
        const answer = (settle: () => void): void =>
          void world.after(dice.between(0.02, weather.slowMs), () => clock.whenAwake(settle));
        world.after(lastCommitMs - world.nowMs, () => {
          // What had left the process when it died may arrive all the same.
          if (clock.isDead && dice.happens(0.5)) return;
          if (fate === 'fails') return answer(() => reject(new StoreUnavailable(`${operation} fails`)));
          this.#carryOut(operation, args).then(
            (result) =>
              answer(() =>
                fate === 'loses-answer'
                  ? reject(new StoreUnavailable(`the answer to ${operation} is lost`))
                  : resolve(result),
              ),
            reject,
          );
        });
      });
    };
    return new Proxy({} as Store, {
      get: (_target, name) =>
        name === 'then' ? undefined : (...args: unknown[]) => call(name as keyof Store, args),
    });
  }

  #fate(operation: keyof Store): 'succeeds' | 'fails' | 'loses-answer' {
    const luck = this.dice.next();
    if (luck < this.weather.failing) return 'fails';
    const isLost = luck < this.weather.failing + this.weather.losingAnswers;
    return isLost && WRITES.includes(operation) ? 'loses-answer' : 'succeeds';
  }

  async #carryOut(operation: keyof Store, args: readonly unknown[]): Promise<unknown> {
    const carry = this.#kept[operation] as (...args: unknown[]) => Promise<unknown>;
    const result = await carry.apply(this.#kept, [...args]);
    if (WRITES.includes(operation) && !REFUSALS.includes(result as string))
      await this.#committed(operation, args);
    return result;
  }

  async #committed(operation: keyof Store, args: readonly unknown[]): Promise<void> {
    const [first] = args;
    const isOfSession = typeof first === 'object' && first !== null && 'key' in first;
    const key = isOfSession
      ? (first as Session).key
      : operation === 'removeSession'
        ? (first as string)
        : null;
    const before = key === null ? undefined : this.sessions.get(key);
    const after = isOfSession ? (first as Session) : undefined;
    if (key !== null && after === undefined) this.sessions.delete(key);
    if (after !== undefined) this.sessions.set(after.key, after);
    const serverId = after?.serverId ?? (typeof first === 'string' ? first : (first as Server).id);
    const server =
      key !== null && operation !== 'reserve' ? undefined : await this.#kept.findServer(serverId);
    if (operation === 'removeServer') this.servers.delete(serverId);
    else if (server) this.servers.set(serverId, server);
    this.onCommit({ operation, before, after, server: server ?? undefined });
  }
}
