import { z } from 'zod';
import type { Server } from '../domain/server.js';
import type { Session } from '../domain/session.js';
import { ApiClientRecord, checked, problemsOf, ServerRecord, SessionRecord } from './records.js';
import type { ApiClient } from './store.js';
import { StoreDamaged } from './store-error.js';

/**
 * Text as it is kept: escaped as inside a JSON string. SQLite's text ends at a NUL and has no lone surrogates;
 * escaped, every string of ours is one row of its own and comes back unchanged.
 */
export function toText(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

export function sessionBody(session: Session): string {
  return JSON.stringify(checked(SessionRecord, session, `session "${session.key}"`));
}

export function serverFacts(server: Pick<Server, 'id' | 'facts'>): string {
  const { facts } = checked(
    ServerRecord,
    { ...server, gate: 'OPEN', linkEpoch: 1, placementVersion: 1, registeredAtMs: 0 },
    `server "${server.id}"`,
  );
  return JSON.stringify(facts);
}

/** Reads rows of one store; a damaged row is an error that names it, never a record that is left out. */
export class RowReader {
  constructor(readonly path: string) {}

  session(row: unknown): Session {
    const { key, body } = this.#row(SessionRow, row, 'sessions');
    return this.#record(SessionRecord, () => JSON.parse(body), `the session "${key}"`);
  }

  server(row: unknown): Server {
    const found = this.#row(ServerRow, row, 'servers');
    const read = (): unknown => ({
      id: fromText(found.id),
      facts: JSON.parse(found.facts) as unknown,
      gate: found.gate,
      linkEpoch: found.link_epoch,
      placementVersion: found.placement_version,
      registeredAtMs: found.registered_at_ms,
    });
    return this.#record(ServerRecord, read, `the server "${found.id}"`);
  }

  apiClient(row: unknown): ApiClient {
    const found = this.#row(ApiClientRow, row, 'api_clients');
    const read = (): unknown => ({
      id: fromText(found.id),
      name: fromText(found.name),
      active: found.active === 1,
      passwordHash: fromText(found.password_hash),
      createdAtMs: found.created_at_ms,
    });
    return this.#record(ApiClientRecord, read, `the API client "${found.id}"`);
  }

  secret(row: unknown): string {
    const { name, value } = this.#row(SecretRow, row, 'secrets');
    return this.#record(z.string(), () => fromText(value), `the secret "${name}"`);
  }

  #row<T>(schema: z.ZodType<T>, row: unknown, table: string): T {
    const result = schema.safeParse(row);
    if (result.success) return result.data;
    throw this.#damaged(`a row of the table ${table}`, problemsOf(result.error), result.error);
  }

  #record<T>(schema: z.ZodType<T>, read: () => unknown, what: string): T {
    let value: unknown;
    try {
      value = read();
    } catch (error) {
      throw this.#damaged(what, error instanceof Error ? error.message : String(error), error);
    }
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    throw this.#damaged(what, problemsOf(result.error), result.error);
  }

  #damaged(what: string, problem: string, cause: unknown): StoreDamaged {
    return new StoreDamaged(
      this.path,
      `has a damaged record: ${what} (${problem})`,
      'Restore the file from a backup, or remove that row with the sqlite3 program while the broker is stopped.',
      { cause },
    );
  }
}

function fromText(text: string): unknown {
  return JSON.parse(`"${text}"`);
}

const SessionRow = z.object({ key: z.string(), body: z.string() });
const ServerRow = z.object({
  id: z.string(),
  facts: z.string(),
  gate: z.string(),
  link_epoch: z.number(),
  placement_version: z.number(),
  registered_at_ms: z.number(),
});
const ApiClientRow = z.object({
  id: z.string(),
  name: z.string(),
  password_hash: z.string(),
  active: z.number(),
  created_at_ms: z.number(),
});
const SecretRow = z.object({ name: z.string(), value: z.string() });
