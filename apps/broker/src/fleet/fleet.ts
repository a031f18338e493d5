import type { Hello, Report } from '@dcvsm/protocol';
import { startLoop, type Loop } from '@dcvsm/runtime';
import type { SessionRequest } from '../domain/session-lifecycle.js';
import type { Session } from '../domain/session.js';
import { acceptAgent, linkEstablished, linkLost, type AcceptedAgent } from './agent-link.js';
import { applyReport } from './apply-report.js';
import {
  connectionData,
  verifyConnectionToken,
  type ConnectionData,
  type TokenVerdict,
} from './connection-data.js';
import { createSessions, type CreatedSession } from './create-session.js';
import { deleteSession, type DeletedSession, type DeleteRequest } from './delete-session.js';
import { endOrphans } from './forget-server.js';
import { findSessionById } from './find-session.js';
import type { FleetContext } from './fleet-context.js';
import { placeQueue } from './place-queue.js';
import { closeServer, openServer, type GateChanged } from './set-gate.js';
import { setPermissions, type PermissionsRequest, type PermissionsSet } from './set-permissions.js';
import { driveSessions, expireServers, forgetDeletedSessions } from './sweep.js';
import { takeScreenshot, type Screenshot, type ScreenshotRequest } from './take-screenshot.js';

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
 */
export class Fleet {
  readonly #context: FleetContext;
  readonly #loops: readonly Loop[];

  private constructor(context: FleetContext, loops: readonly Loop[]) {
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

  createSessions(requests: readonly SessionRequest[]): Promise<CreatedSession[]> {
    return createSessions(this.#context, requests);
  }

  deleteSession(request: DeleteRequest): Promise<DeletedSession> {
    return deleteSession(this.#context, request);
  }

  findSession(id: string): Promise<Session | null> {
    return findSessionById(this.#context, id);
  }

  setPermissions(request: PermissionsRequest): Promise<PermissionsSet> {
    return setPermissions(this.#context, request);
  }

  takeScreenshot(request: ScreenshotRequest): Promise<Screenshot> {
    return takeScreenshot(this.#context, request);
  }

  connectionData(sessionId: string, user: string): Promise<ConnectionData> {
    return connectionData(this.#context, sessionId, user);
  }

  verifyConnectionToken(sessionId: string, token: string): Promise<TokenVerdict> {
    return verifyConnectionToken(this.#context, sessionId, token);
  }

  openServer(serverId: string): Promise<GateChanged> {
    return openServer(this.#context, serverId);
  }

  closeServer(serverId: string, forced: boolean): Promise<GateChanged> {
    return closeServer(this.#context, serverId, forced);
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
