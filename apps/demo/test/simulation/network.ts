import { UpgradeRefused } from '../../../agent/src/link/upgrade-refused.js';
import type { AgentAccess, AgentVerdict } from '../../../broker/src/security/agents/agent-access.js';
import type { Host } from './host.js';
import type { ProcessClock } from './computer.js';
import type { BrokerProcess } from './sim-broker.js';
import { Route, SimSocket } from './sockets.js';
import type { World } from './world.js';

const HANDSHAKE_MS = 10_000;

/** The network between hosts and the broker. */
export class Network {
  readonly #routes = new Map<string, Route>();

  constructor(
    readonly world: World,
    /** Who listens at the broker's address now; null: nobody. */
    readonly broker: () => BrokerProcess | null,
  ) {}

  routeOf(name: string): Route {
    const route = this.#routes.get(name) ?? new Route(this.world, this.world.chance(`route ${name}`));
    this.#routes.set(name, route);
    return route;
  }

  /** Opens a socket to the broker. @rejects as the real thing does: refused, silent, or with the broker's words */
  connect(host: Host, clock: ProcessClock, token: string | null, signal: AbortSignal): Promise<SimSocket> {
    return this.#call(host, clock, signal, (broker, answer, fail) => {
      const { agents, hub } = broker.parts;
      const verdict = judge(agents, token);
      if (verdict.kind === 'refused') return fail(new UpgradeRefused(401, verdict.reason, 0));
      if (!hub.hasRoomFor(verdict.grant)) return fail(new UpgradeRefused(503, 'no room', 0));
      const [ours, theirs] = SimSocket.pair(host.route, [clock, broker.clock]);
      broker.sockets.add(theirs);
      theirs.once('close', () => broker.sockets.delete(theirs));
      ours.once('close', () => host.sockets.delete(ours));
      host.sockets.add(ours);
      hub.take(theirs.asWebSocket, host.name, verdict.grant);
      answer(ours, () => ours.terminate());
    });
  }

  /** A request over HTTPS. @rejects when the answer does not come */
  ask<T>(host: Host, clock: ProcessClock, question: (agents: AgentAccess) => Promise<T>): Promise<T> {
    return this.#call(host, clock, null, (broker, answer, fail) => {
      question(broker.parts.agents).then((found) => answer(found, () => undefined), fail);
    });
  }

  /**
   * There and back again. `serve` runs in the broker; its `answer` also says what to do when the host has given up
   * waiting meanwhile.
   */
  #call<T>(
    host: Host,
    clock: ProcessClock,
    signal: AbortSignal | null,
    serve: (
      broker: ReadyBroker,
      answer: (found: T, missed: () => void) => void,
      fail: (cause: Error) => void,
    ) => void,
  ): Promise<T> {
    const { world } = this;
    const { route } = host;
    return new Promise((resolve, reject) => {
      let isWaiting = true;
      const settle = (how: () => void): void => {
        isWaiting = false;
        timer.cancel();
        if (signal?.aborted) reject(signal.reason as Error);
        else how();
      };
      const timer = clock.after(HANDSHAKE_MS, () =>
        settle(() => reject(new Error('the broker did not answer in time'))),
      );
      const back = (how: () => void, missed: () => void): void =>
        void world.after(route.delayMs(), () => {
          if (route.hangsForMs > 0) return;
          clock.whenAwake(() => (isWaiting ? settle(how) : missed()));
        });
      const fail = (cause: Error): void =>
        back(
          () => reject(cause),
          () => undefined,
        );
      if (route.hangsForMs > 0) return;
      world.after(route.delayMs(), () => {
        const broker = this.broker();
        if (!isReady(broker)) return fail(new Error('ECONNREFUSED'));
        broker.clock.whenAwake(() => {
          if (isReady(broker)) serve(broker, (found, missed) => back(() => resolve(found), missed), fail);
        });
      });
    });
  }
}

type ReadyBroker = BrokerProcess & { readonly parts: NonNullable<BrokerProcess['parts']> };

function isReady(broker: BrokerProcess | null): broker is ReadyBroker {
  return broker !== null && broker.parts !== null;
}

function judge(
  agents: AgentAccess,
  token: string | null,
): AgentVerdict | { readonly kind: 'granted'; readonly grant: null } {
  if (!agents.isRequired) return { kind: 'granted', grant: null };
  return token === null ? { kind: 'refused', reason: 'a token is needed' } : agents.judge(token);
}
