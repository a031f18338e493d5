import type { Fleet } from '../../../broker/src/fleet/fleet.js';
import type { SessionRequest } from '../../../broker/src/domain/session-lifecycle.js';
import type { BrokerProcess } from './sim-broker.js';
import type { Promises } from './promises.js';
import type { Dice, World } from './world.js';

/** No call takes longer: the longest waits for a host 20 s, and for a slow store some more. */
const PATIENCE_MS = 120_000;

interface Call {
  readonly what: string;
  readonly broker: BrokerProcess;
  readonly untilMs: number;
}

/** The broker's clients: they ask, believe what they are told, and do not learn what became of a request whose answer got lost. */
export class Clients {
  readonly #open = new Set<Call>();
  #requests = 0;

  constructor(
    readonly world: World,
    readonly dice: Dice,
    readonly promises: Promises,
    readonly broker: () => BrokerProcess | null,
    readonly isStrict: boolean,
  ) {}

  create(
    fields: Partial<Pick<SessionRequest, 'type'>> & {
      readonly enqueue?: boolean;
      readonly retry?: boolean;
      readonly anywhere?: boolean;
    },
  ): void {
    const { dice } = this;
    const name = `r${(this.#requests += 1)}`;
    const owner = fields.anywhere ? `user of ${name}` : dice.pick(['alice', 'bob', 'carol'])!;
    const requirements = fields.anywhere
      ? undefined
      : dice.pick([undefined, undefined, undefined, "tag:rack = 'r0'"]);
    const wanted = {
      enqueue: fields.enqueue ?? dice.happens(0.4),
      retryOnFailure: fields.retry ?? dice.happens(0.8),
      ...(dice.happens(0.3) && { permissionsFile: 'W293bmVyXQ==' }),
      ...(requirements !== undefined && { requirements }),
    };
    const type = fields.type ?? (dice.happens(0.15) ? 'CONSOLE' : 'VIRTUAL');
    const request: SessionRequest = { name, owner, type, wanted };
    const words = `create ${name} ${type} for ${owner}${wanted.enqueue ? ' enqueue' : ''}${wanted.retryOnFailure ? '' : ' no-retry'}`;
    this.#ask(
      words,
      (fleet) => fleet.createSessions([request]),
      (answers) => {
        for (const answer of answers) {
          if (answer.kind === 'accepted') this.promises.accepted(answer.session);
          else this.promises.refused(name);
        }
        const [answer] = answers;
        return answer?.kind === 'accepted'
          ? `accepted as ${answer.session.id}`
          : `refused: ${answer?.reason}`;
      },
      () => {
        // A store that fails has changed nothing.
        if (this.isStrict) this.promises.refused(name);
      },
    );
  }

  delete(): void {
    const session = this.#someSession();
    if (session === undefined) return;
    const { id: sessionId, owner } = session;
    const forced = this.dice.happens(0.4);
    this.#ask(
      `delete ${sessionId}${forced ? ' with force' : ''}`,
      (fleet) => fleet.deleteSession({ sessionId, owner, forced }),
      (answer) =>
        answer.kind === 'accepted' ? `accepted: ${answer.session.state}` : `refused: ${answer.reason}`,
    );
  }

  lookAround(): void {
    const session = this.#someSession();
    if (session === undefined) return;
    const { id: sessionId, owner } = session;
    if (this.dice.happens(0.5)) {
      this.#ask(
        `screenshot of ${sessionId}`,
        (fleet) => fleet.takeScreenshot({ sessionId }),
        (answer) => (answer.kind === 'taken' ? 'taken' : `refused: ${answer.reason}`),
      );
    } else {
      this.#ask(
        `permissions of ${sessionId}`,
        (fleet) => fleet.setPermissions({ sessionId, owner, permissionsFile: 'W293bmVyXQ==' }),
        (answer) => (answer.kind === 'set' ? 'set' : `refused: ${answer.reason}`),
      );
    }
  }

  setGate(serverId: string, gate: 'OPEN' | 'CLOSED', forced = false): void {
    this.#ask(
      `${gate === 'OPEN' ? 'open' : 'close'} a server${forced ? ' with force' : ''}`,
      (fleet) => (gate === 'OPEN' ? fleet.openServer(serverId) : fleet.closeServer(serverId, forced)),
      (answer) => (answer.kind === 'changed' ? 'changed' : `refused: ${answer.code}`),
    );
  }

  /** Every call is answered some time, unless its broker died. */
  check(): void {
    for (const { what, broker, untilMs } of this.#open) {
      if (broker.isDead) continue;
      this.world.require(this.world.nowMs < untilMs, () => `the client is not answered: ${what}`);
    }
  }

  #someSession(): { readonly id: string; readonly owner: string } | undefined {
    return this.dice.pick(
      [...this.promises.room.sessions.values()].filter(({ state }) => state !== 'DELETED'),
    );
  }

  #ask<T>(
    what: string,
    question: (fleet: Fleet) => Promise<T>,
    answered: (answer: T) => string,
    failed: () => void = () => undefined,
  ): void {
    const broker = this.broker();
    const fleet = broker?.parts?.fleet;
    if (broker === null || fleet === undefined) return this.world.note(`client: ${what}: nobody there`);
    this.world.note(`client: ${what}`);
    const call: Call = { what, broker, untilMs: this.world.nowMs + PATIENCE_MS };
    this.#open.add(call);
    question(fleet).then(
      (answer) => {
        this.#open.delete(call);
        if (!broker.isDead) this.world.note(`client: ${what}: ${answered(answer)}`);
      },
      (cause: Error) => {
        this.#open.delete(call);
        if (broker.isDead) return;
        this.world.note(`client: ${what}: failed: ${cause.message}`);
        if (cause.name !== 'StoreUnavailable') this.world.broken(`${what} failed: ${cause.stack}`);
        failed();
      },
    );
  }
}
