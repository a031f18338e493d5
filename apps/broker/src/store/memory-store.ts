import type { Server } from '../domain/server.js';
import type { Session } from '../domain/session.js';
import { checked, RegistrationRecord, ServerRecord, SessionRecord } from './records.js';
import {
  placedServerId,
  type FillOptions,
  type Registration,
  type RegistrationKind,
  type Store,
  type StoreContents,
  type StoredFleet,
} from './store.js';
import { StoreUnavailable } from './store-error.js';

/**
 * Keeps everything in this process, and nothing beyond it: for tests, demonstrations and the simulator. Every
 * method does its work in one go, so that calls cannot come between each other.
 */
export class MemoryStore implements Store {
  readonly #sessions = new Map<string, Session>();
  readonly #servers = new Map<string, Server>();
  readonly #registrations = new Map<string, Registration>();
  readonly #secrets = new Map<string, string>();
  #isClosed = false;

  async loadFleet(): Promise<StoredFleet> {
    this.#refuseIfClosed();
    return {
      sessions: [...this.#sessions.values()].map((session) => structuredClone(session)),
      servers: [...this.#servers.values()].map((server) => structuredClone(server)),
    };
  }

  async addSession(session: Session): Promise<'added' | 'exists'> {
    this.#refuseIfClosed();
    const kept = keptSession(session);
    if (this.#sessions.has(kept.key)) return 'exists';
    this.#sessions.set(kept.key, kept);
    return 'added';
  }

  async reserve(
    session: Session,
    seen: { readonly placementVersion: number; readonly sessionVersion: number | null },
  ): Promise<'reserved' | 'server-changed' | 'session-changed'> {
    this.#refuseIfClosed();
    const kept = keptSession(session);
    const server = this.#servers.get(placedServerId(session));
    if (server === undefined || server.gate !== 'OPEN' || server.placementVersion !== seen.placementVersion)
      return 'server-changed';
    if ((this.#sessions.get(kept.key)?.version ?? null) !== seen.sessionVersion) return 'session-changed';
    this.#sessions.set(kept.key, kept);
    this.#changeServer(server, {});
    return 'reserved';
  }

  async changeSession(session: Session, seenVersion: number): Promise<'changed' | 'conflict'> {
    this.#refuseIfClosed();
    const kept = keptSession(session);
    if (this.#sessions.get(kept.key)?.version !== seenVersion) return 'conflict';
    this.#sessions.set(kept.key, kept);
    return 'changed';
  }

  async removeSession(key: string, seenVersion: number): Promise<'removed' | 'conflict'> {
    this.#refuseIfClosed();
    if (this.#sessions.get(key)?.version !== seenVersion) return 'conflict';
    this.#sessions.delete(key);
    return 'removed';
  }

  async findSession(key: string): Promise<Session | null> {
    this.#refuseIfClosed();
    return structuredClone(this.#sessions.get(key) ?? null);
  }

  async findServer(id: string): Promise<Server | null> {
    this.#refuseIfClosed();
    return structuredClone(this.#servers.get(id) ?? null);
  }

  async registerServer(server: Pick<Server, 'id' | 'facts' | 'registeredAtMs'>): Promise<Server> {
    this.#refuseIfClosed();
    const known = this.#servers.get(server.id);
    if (known !== undefined)
      return this.#changeServer(known, { facts: server.facts, linkEpoch: known.linkEpoch + 1 });
    const fresh = { ...server, gate: 'OPEN', linkEpoch: 1, placementVersion: 1 } as const;
    return this.#keepServer(fresh);
  }

  async changeServerFacts(server: Pick<Server, 'id' | 'facts' | 'linkEpoch'>): Promise<Server | null> {
    this.#refuseIfClosed();
    const known = this.#servers.get(server.id);
    return known?.linkEpoch === server.linkEpoch ? this.#changeServer(known, { facts: server.facts }) : null;
  }

  async setGate(id: string, gate: Server['gate']): Promise<Server | null> {
    this.#refuseIfClosed();
    const known = this.#servers.get(id);
    return known ? this.#changeServer(known, { gate }) : null;
  }

  async touchServer(id: string): Promise<Server | null> {
    this.#refuseIfClosed();
    const known = this.#servers.get(id);
    return known ? this.#changeServer(known, {}) : null;
  }

  async removeServer(id: string, linkEpoch: number): Promise<'removed' | 'conflict'> {
    this.#refuseIfClosed();
    if (this.#servers.get(id)?.linkEpoch !== linkEpoch) return 'conflict';
    this.#servers.delete(id);
    return 'removed';
  }

  async addRegistration(registration: Registration): Promise<'added' | 'exists' | 'name-taken'> {
    this.#refuseIfClosed();
    const kept = keptRegistration(registration);
    if (this.#registrations.has(registrationKey(kept))) return 'exists';
    if (this.#isNameTaken(kept)) return 'name-taken';
    this.#registrations.set(registrationKey(kept), kept);
    return 'added';
  }

  async changeRegistration(
    registration: Registration,
    seenVersion: number,
  ): Promise<'changed' | 'conflict' | 'name-taken'> {
    this.#refuseIfClosed();
    const kept = keptRegistration(registration);
    const known = this.#registrations.get(registrationKey(kept));
    if (known?.version !== seenVersion) return 'conflict';
    if (this.#isNameTaken(kept)) return 'name-taken';
    this.#registrations.set(registrationKey(kept), { ...kept, createdAtMs: known.createdAtMs });
    return 'changed';
  }

  async removeRegistration(
    kind: RegistrationKind,
    id: string,
    seenVersion: number,
  ): Promise<'removed' | 'conflict'> {
    this.#refuseIfClosed();
    const key = registrationKey({ kind, id });
    if (this.#registrations.get(key)?.version !== seenVersion) return 'conflict';
    this.#registrations.delete(key);
    return 'removed';
  }

  async findRegistration(kind: RegistrationKind, id: string): Promise<Registration | null> {
    this.#refuseIfClosed();
    return structuredClone(this.#registrations.get(registrationKey({ kind, id })) ?? null);
  }

  async listRegistrations(kind: RegistrationKind): Promise<readonly Registration[]> {
    this.#refuseIfClosed();
    return [...this.#registrations.values()]
      .filter((registration) => registration.kind === kind)
      .sort((a, b) => a.createdAtMs - b.createdAtMs)
      .map((registration) => ({ ...registration }));
  }

  async secret(name: string, fresh: string): Promise<string> {
    this.#refuseIfClosed();
    const kept = this.#secrets.get(name) ?? fresh;
    this.#secrets.set(name, kept);
    return kept;
  }

  async contents(): Promise<StoreContents> {
    const fleet = await this.loadFleet();
    const registrations = [...this.#registrations.values()]
      .sort((a, b) => a.createdAtMs - b.createdAtMs)
      .map((registration) => ({ ...registration }));
    return { ...fleet, registrations, secrets: [...this.#secrets].map(([name, value]) => ({ name, value })) };
  }

  async fill(contents: StoreContents, options: FillOptions = {}): Promise<'filled' | 'not-empty'> {
    this.#refuseIfClosed();
    const maps = [this.#sessions, this.#servers, this.#registrations, this.#secrets];
    if (!options.replaces && maps.some((map) => map.size > 0)) return 'not-empty';
    const sessions = contents.sessions.map(keptSession);
    const registrations = contents.registrations.map(keptRegistration);
    for (const map of maps) map.clear();
    for (const session of sessions) this.#sessions.set(session.key, session);
    for (const server of contents.servers) this.#keepServer(server);
    for (const registration of registrations)
      this.#registrations.set(registrationKey(registration), registration);
    for (const { name, value } of contents.secrets) this.#secrets.set(name, value);
    options.onProgress?.(maps.reduce((stored, map) => stored + map.size, 0));
    return 'filled';
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  #changeServer(known: Server, change: Partial<Pick<Server, 'facts' | 'gate' | 'linkEpoch'>>): Server {
    return this.#keepServer({ ...known, ...change, placementVersion: known.placementVersion + 1 });
  }

  #keepServer(server: Server): Server {
    const kept = checked(ServerRecord, server, `server "${server.id}"`);
    this.#servers.set(kept.id, kept);
    return structuredClone(kept);
  }

  #isNameTaken({ kind, id, uniqueName }: Registration): boolean {
    if (uniqueName === null) return false;
    return [...this.#registrations.values()].some(
      (other) => other.kind === kind && other.id !== id && other.uniqueName === uniqueName,
    );
  }

  #refuseIfClosed(): void {
    if (this.#isClosed) throw new StoreUnavailable('The store in memory is closed.');
  }
}

function keptSession(session: Session): Session {
  return checked(SessionRecord, session, `session "${session.key}"`);
}

function keptRegistration(registration: Registration): Registration {
  return checked(RegistrationRecord, registration, `the ${registration.kind} "${registration.id}"`);
}

function registrationKey({ kind, id }: Pick<Registration, 'kind' | 'id'>): string {
  return `${kind} ${id}`;
}
