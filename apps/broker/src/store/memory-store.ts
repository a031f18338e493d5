import type { Server } from '../domain/server.js';
import type { Session } from '../domain/session.js';
import { ApiClientRecord, checked, ServerRecord, SessionRecord } from './records.js';
import { placedServerId, type ApiClient, type Store, type StoredFleet } from './store.js';
import { StoreUnavailable } from './store-error.js';

/**
 * Keeps everything in this process, and nothing beyond it: for tests, demonstrations and the simulator. Every
 * method does its work in one go, so that calls cannot come between each other.
 */
export class MemoryStore implements Store {
  readonly #sessions = new Map<string, Session>();
  readonly #servers = new Map<string, Server>();
  readonly #apiClients = new Map<string, ApiClient>();
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

  async addApiClient(client: ApiClient): Promise<'added' | 'name-taken'> {
    this.#refuseIfClosed();
    const kept = checked(ApiClientRecord, client, `API client "${client.id}"`);
    const clients = [...this.#apiClients.values()];
    if (clients.some((other) => other.active && other.name === kept.name)) return 'name-taken';
    if (this.#apiClients.has(kept.id)) throw new TypeError(`There is an API client "${kept.id}" already.`);
    this.#apiClients.set(kept.id, kept);
    return 'added';
  }

  async listApiClients(): Promise<readonly ApiClient[]> {
    this.#refuseIfClosed();
    return [...this.#apiClients.values()]
      .sort((a, b) => a.createdAtMs - b.createdAtMs)
      .map((client) => ({ ...client }));
  }

  async deactivateApiClient(id: string): Promise<boolean> {
    this.#refuseIfClosed();
    const known = this.#apiClients.get(id);
    if (known === undefined) return false;
    this.#apiClients.set(id, { ...known, active: false });
    return true;
  }

  async secret(name: string, fresh: string): Promise<string> {
    this.#refuseIfClosed();
    const kept = this.#secrets.get(name) ?? fresh;
    this.#secrets.set(name, kept);
    return kept;
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

  #refuseIfClosed(): void {
    if (this.#isClosed) throw new StoreUnavailable('The store in memory is closed.');
  }
}

function keptSession(session: Session): Session {
  return checked(SessionRecord, session, `session "${session.key}"`);
}
