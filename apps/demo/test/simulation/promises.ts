import { isDeepStrictEqual } from 'node:util';
import type { FleetContext } from '../../../broker/src/fleet/fleet-context.js';
import type { Session } from '../../../broker/src/domain/session.js';
import { ProcessClock } from './computer.js';
import type { Host } from './host.js';
import type { Commit, StoreRoom } from './stores.js';
import type { World } from './world.js';

/** docs/architecture.md, "The life of a session", written down once more. */
const LATER: Readonly<Record<Session['state'], readonly Session['state'][]>> = {
  CREATING: ['READY', 'UNKNOWN', 'DELETING', 'DELETED'],
  READY: ['UNKNOWN', 'DELETING', 'DELETED'],
  UNKNOWN: ['READY', 'DELETING', 'DELETED'],
  DELETING: ['DELETED'],
  DELETED: ['READY'],
};

/** What the fleet promises ("What always holds"), held against what really is: the store, the hosts, and what clients were told. */
export class Promises {
  /** Ids of requests that were answered with success. */
  readonly acknowledged = new Set<string>();
  /** Removed for good, after clients could see for long enough that they were gone. */
  readonly #forgotten = new Set<string>();
  /** Must not live again: given up before they were READY, or deleted without force. */
  readonly #over = new Map<string, string>();
  /** Ids that somebody used on a host without asking the broker. */
  readonly locallyMade = new Set<string>();
  readonly #names = new Map<string, string>();
  /** Takes room that no reservation announced. */
  readonly #uninvited = new Set<string>();

  constructor(
    readonly world: World,
    readonly room: StoreRoom,
    readonly hosts: () => readonly Host[],
    readonly context: () => FleetContext | null,
  ) {
    room.onCommit = (commit) => this.#committed(commit);
  }

  /** A client was told that its request is accepted. */
  accepted(session: Session): void {
    // Answers are sent after the commit.
    this.world.require(
      this.room.sessions.has(session.key),
      () => `${session.id} was accepted and is not stored`,
    );
    this.acknowledged.add(session.id);
  }

  /** A client was told that its request is refused: nothing must be left of it. */
  refused(name: string): void {
    this.world.require(
      !this.#names.has(name),
      () => `${name} was refused and is stored as ${this.#names.get(name)}`,
    );
  }

  #committed({ operation, before, after, server }: Commit): void {
    if (after === undefined) {
      if (operation === 'removeSession' && before !== undefined) this.#removed(before);
      else
        this.world.note(
          `store: ${operation} ${server === undefined ? '' : `${server.facts.hostname} ${server.gate} epoch ${server.linkEpoch}`}`,
        );
      return;
    }
    const was = before === undefined ? 'new' : describe(before);
    this.world.note(`store: ${operation} ${after.key}: ${was} -> ${describe(after)}`);
    this.#checkGraph(before, after);
    this.#checkComeback(before, after);
    this.#checkDeath(before, after);
    if (operation === 'reserve') this.#checkReservation(before, after);
    if (after.wanted !== null) this.#checkRequest(after);
  }

  #removed(session: Session): void {
    this.world.note(`store: forgets ${session.key}`);
    const isRenamed = session.wanted === null;
    this.world.require(
      isRenamed || session.state === 'DELETED',
      () => `${session.key} was forgotten while ${session.state}`,
    );
    this.#forgotten.add(session.key);
  }

  /** 5. State moves only along its graph; what is gone has a reason. */
  #checkGraph(before: Session | undefined, after: Session): void {
    const { world } = this;
    const { key, state } = after;
    if (before === undefined)
      world.require(['CREATING', 'READY'].includes(state), () => `${key} begins as ${state}`);
    else {
      world.require(
        before.state === state || LATER[before.state].includes(state),
        () => `${key} went from ${before.state} to ${state}`,
      );
      world.require(
        after.version === before.version + 1,
        () => `${key} went from version ${before.version} to ${after.version}`,
      );
    }
    world.require(state !== 'DELETED' || !!after.stateReason, () => `${key} is gone without a reason`);
  }

  /** 3. What is over stays over, and what lives somewhere is not replaced by another elsewhere. */
  #checkComeback(before: Session | undefined, after: Session): void {
    const { world } = this;
    const { id, key, wanted } = after;
    const isOwn = wanted !== null && !this.locallyMade.has(id);
    if (after.state === 'READY') {
      const why = this.#over.get(key);
      world.require(!isOwn || why === undefined, () => `${key} is READY again although ${why}`);
      const isElsewhere = typeof before?.serverId === 'string' && before.serverId !== after.serverId;
      const wasThere = before?.state === 'READY' || before?.state === 'UNKNOWN';
      const isMoved = isElsewhere && wasThere && !this.#isSameHost(before.serverId, after.serverId);
      world.require(
        !isOwn || !isMoved,
        () => `${key} was alive on ${before?.serverId} and is READY on ${after.serverId}`,
      );
      if (before === undefined || before.state === 'DELETED' || isElsewhere) this.#uninvited.add(key);
    }
    if (before?.state === 'CREATING' && after.state === 'DELETED')
      this.#over.set(key, `it was given up: ${after.stateReason}`);
    if (after.state === 'DELETING' && !after.forced)
      this.#over.set(key, 'its deletion without force was accepted');
  }

  /** Nobody is told that a session is gone which its host has had all the time. */
  #checkDeath(before: Session | undefined, after: Session): void {
    if (after.state !== 'DELETED' || after.stateReason !== 'No longer exists on its server') return;
    const host = this.hosts().find(({ serverId }) => serverId === before?.serverId);
    if (host === undefined) return;
    const isThere = host.dcv.sessions.has(after.id) && !host.dcv.ended.has(after.id);
    this.world.require(!isThere, () => `${after.key} is said to be gone and lives on ${host.name}`);
  }

  /** A host that fell silent is noticed: after the lease, the next heartbeat and some grace. */
  #checkSilence({ view, clock, rules }: FleetContext): void {
    if (!(clock instanceof ProcessClock)) return;
    const limitMs = rules.leaseMs + 30_000;
    if (clock.undisturbedForMs < limitMs) return;
    for (const host of this.hosts()) {
      const isReachable = view.server(host.serverId ?? '')?.reachable === true;
      this.world.require(
        !isReachable || host.unheardForMs < limitMs,
        () => `${host.name} has been silent for ${host.unheardForMs} ms and counts as reachable`,
      );
    }
  }

  #isSameHost(one: string | null, other: string | null): boolean {
    return this.hosts().some((host) => {
      const ids = [host.serverId, ...host.formerIds];
      return ids.includes(one) && ids.includes(other);
    });
  }

  /** 2, 4 and 8, in the moment of the reservation. */
  #checkReservation(before: Session | undefined, after: Session): void {
    const { world } = this;
    const server = this.room.servers.get(after.serverId ?? '');
    if (server === undefined)
      return world.broken(`${after.key} is reserved on ${after.serverId}, which is not stored`);
    world.require(server.gate === 'OPEN', () => `${after.key} is reserved on a closed server`);
    const isInvited = (session: Session): boolean =>
      session.wanted !== null && !this.#uninvited.has(session.key);
    const here = [...this.room.sessions.values()].filter(
      (session) => session.serverId === server.id && session.state !== 'DELETED' && isInvited(session),
    );
    const consoles = here.filter(({ type }) => type === 'CONSOLE').length;
    const { maxVirtualSessions: most, maxVirtualSessionsPerUser: mostOfUser } = server.facts.limits;
    world.require(
      consoles === 0 || here.length === 1,
      () => `a console session beside others: ${here.map(describe).join('; ')}`,
    );
    world.require(
      here.length <= most || consoles === 1,
      () => `${here.length} sessions on a server for ${most}: ${here.map(describe).join('; ')}`,
    );
    const ofUser = here.filter(({ owner }) => owner === after.owner).length;
    world.require(
      mostOfUser < 0 || ofUser <= mostOfUser,
      () => `${ofUser} sessions of ${after.owner} on one server`,
    );
    const untilMs = before?.queuedUntilMs ?? null;
    const startMs = this.context()?.clock.now();
    // A write may be on its way for some seconds.
    if (untilMs !== null && startMs !== undefined)
      world.require(
        startMs - untilMs < 15_000,
        () => `${after.key} was served ${startMs - untilMs} ms after its time`,
      );
  }

  /** 3. One request makes one record. */
  #checkRequest({ name, key }: Session): void {
    const known = this.#names.get(name) ?? key;
    this.world.require(known === key, () => `the request ${name} made ${known} and ${key}`);
    this.#names.set(name, key);
  }

  /** What holds at every moment. */
  check(): void {
    for (const id of this.acknowledged) {
      const isKnown = this.room.sessions.has(id) || this.#forgotten.has(id);
      this.world.require(isKnown, () => `${id} was accepted and is lost`);
    }
    const context = this.context();
    if (context === null) return;
    this.#checkCounts(context);
    this.#checkSilence(context);
  }

  /** What placement goes by is what the view has. */
  #checkCounts({ view }: FleetContext): void {
    for (const entry of view.servers()) {
      if (entry.nextPlacementVersion !== entry.server.placementVersion) continue;
      const here = view.sessionsOnServer(entry.id).filter(({ state }) => state !== 'DELETED');
      const consoles = here.filter(({ type }) => type === 'CONSOLE').length;
      const counted = [entry.consoleSessions, entry.virtualSessions];
      this.world.require(
        isDeepStrictEqual(counted, [consoles, here.length - consoles]),
        () =>
          `${entry.server.facts.hostname} counts ${counted} sessions and has ${here.map(describe).join('; ')}`,
      );
    }
  }

  /** What holds once everything works again and has had its time. */
  checkHealed(): void {
    const { world, room } = this;
    this.check();
    const context = this.context();
    if (context === null) return world.broken('there is no broker');
    const sessions = [...room.sessions.values()];
    for (const session of sessions) {
      const isOver = session.state === 'READY' || session.state === 'DELETED';
      world.require(isOver, () => `${session.key} is left half done: ${describe(session)}`);
      const seen = context.view.session(session.key);
      world.require(
        isDeepStrictEqual(seen, session),
        () =>
          `${session.key} is stored as ${describe(session)}, and the broker has ${seen && describe(seen)}`,
      );
    }
    world.require(
      context.view.sessionCount === sessions.length,
      () => `the broker has ${context.view.sessionCount} sessions, the store ${sessions.length}`,
    );
    for (const server of room.servers.values()) {
      const seen = context.view.server(server.id)?.server;
      world.require(
        isDeepStrictEqual(seen, server),
        () =>
          `the broker knows ${server.facts.hostname} otherwise than the store: ${JSON.stringify([seen, server])}`,
      );
    }
    this.#checkHosts(sessions, context);
    const { background, commandsInFlight, queueAdds } = context;
    world.require(
      background.size + commandsInFlight.size + queueAdds === 0,
      () => `work is left over: ${[...commandsInFlight].join()}`,
    );
  }

  #checkHosts(sessions: readonly Session[], context: FleetContext): void {
    const { world } = this;
    const where = new Map<string, string>();
    for (const host of this.hosts()) {
      const entry = context.view.server(host.serverId ?? '');
      world.require(
        entry?.reachable === true && entry.dcvProblem === null,
        () => `${host.name} is not usable again`,
      );
      const ready = sessions.filter(({ serverId, state }) => state === 'READY' && serverId === host.serverId);
      const wanted = ready.map(({ id }) => id).sort();
      const real = [...host.dcv.sessions.keys()].sort();
      world.require(
        isDeepStrictEqual(real, wanted),
        () => `${host.name} has ${real.join()} and should have ${wanted.join()}`,
      );
      for (const { id, isLocal } of host.dcv.sessions.values()) {
        const other = where.get(id);
        world.require(isLocal || other === undefined, () => `${id} lives on ${other} and on ${host.name}`);
        if (!isLocal) where.set(id, host.name);
      }
    }
  }
}

export function describe(session: Session): string {
  const { id, state, serverId, stateReason, unwanted, triedServerIds, version } = session;
  const host = serverId === null ? 'no server' : Buffer.from(serverId, 'base64').toString().split('-')[0];
  const words = [
    unwanted ? 'unwanted' : '',
    triedServerIds.length > 0 ? `tried ${triedServerIds.length}` : '',
    stateReason ?? '',
  ];
  return `${id} v${version} ${state} on ${host} ${words.filter(Boolean).join(', ')}`.trim();
}
