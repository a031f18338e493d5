import type { Hello, Report } from '@dcvsm/protocol';
import { startLoop, type Loop } from '@dcvsm/runtime';
import { unrestricted, type Restriction } from '../domain/caller.js';
import type { Resolution, Transport } from '../domain/resolve-session.js';
import { isUnrestricted } from '../domain/visibility.js';
import { acceptAgent, linkEstablished, linkLost, type AcceptedAgent } from './agent-link.js';
import { applyReport } from './apply-report.js';
import { endOrphans } from './forget-server.js';
import type { FleetContext } from './fleet-context.js';
import { placeQueue } from './place-queue.js';
import { resolveForGateway } from './resolve-session.js';
import { driveSessions, expireServers, forgetDeletedSessions } from './sweep.js';
import { verifyConnectionToken, type TokenQuestion, type TokenVerdict } from './verify-connection-token.js';
import { VisibleFleet } from './visible-fleet.js';

/** How often the loops look even if nobody woke them. */
const PERIODS_MS = {
  placeQueue: 5_000,
  driveSessions: 2_000,
  expireServers: 2_000,
  forgetDeleted: 5_000,
} as const;

/** Takes what is stored into the view; everything is unreachable until its agent says hello. */
async function loadFleet(context: FleetContext): Promise<void> {
  const { servers, sessions } = await context.store.loadFleet();
  for (const server of servers) {
    context.view.putServer(server);
    context.view.putServerLive(server.id, { unreachableSinceMs: context.clock.monotonicMs() });
  }
  for (const session of sessions) {
    context.view.putSession(session);
    context.lastRequestedAtMs = Math.max(context.lastRequestedAtMs, session.requestedAtMs);
  }
  await endOrphans(context);
}

/**
 * The verbs of the fleet: all that the edges (REST, agent links, admin) may ask for. Only what is behind it writes.
 * It sees everything itself; clients get what `seenBy` answers.
 */
export class Fleet extends VisibleFleet {
  readonly #context: FleetContext;
  readonly #loops: readonly Loop[];

  private constructor(context: FleetContext, loops: readonly Loop[]) {
    super(context, unrestricted);
    this.#context = context;
    this.#loops = loops;
  }

  /** Loads what is stored and starts the loops. */
  static async start(context: FleetContext): Promise<Fleet> {
    await loadFleet(context);
    const loop = (name: keyof typeof PERIODS_MS, body: (context: FleetContext) => Promise<void>): Loop =>
      startLoop(context.clock, context.log, { name, periodMs: PERIODS_MS[name], body: () => body(context) });
    const queueLoop = loop('placeQueue', placeQueue);
    context.wakeQueue = () => queueLoop.wake();
    return new Fleet(context, [
      queueLoop,
      loop('driveSessions', driveSessions),
      loop('expireServers', expireServers),
      loop('forgetDeleted', forgetDeletedSessions),
    ]);
  }

  /** The fleet as a client with that restriction may see and touch it. */
  seenBy(restriction: Restriction): VisibleFleet {
    return isUnrestricted(restriction) ? this : new VisibleFleet(this.#context, restriction);
  }

  verifyConnectionToken(question: TokenQuestion): Promise<TokenVerdict> {
    return verifyConnectionToken(this.#context, question);
  }

  resolveSession(sessionId: string, transport: Transport): Promise<Resolution> {
    return resolveForGateway(this.#context, sessionId, transport);
  }

  acceptAgent(hello: Hello): Promise<AcceptedAgent> {
    return acceptAgent(this.#context, hello);
  }

  linkEstablished(accepted: AcceptedAgent): void {
    linkEstablished(this.#context, accepted);
  }

  linkLost(serverId: string, epoch: number): void {
    linkLost(this.#context, serverId, epoch);
  }

  applyReport(from: { readonly serverId: string; readonly epoch: number }, report: Report): Promise<boolean> {
    return applyReport(this.#context, from, report);
  }

  /** Resolves when everything that was set off so far has come to rest. For tests and for stopping. */
  async settle(): Promise<void> {
    while (this.#context.background.size > 0) await Promise.all(this.#context.background);
  }

  /** Ends the loops. Work that waits for an agent ends with the agents' links. */
  async stop(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.stop()));
  }
}
