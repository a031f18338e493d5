import { z } from 'zod';
import type { Server } from '../../domain/server.js';
import type { Session } from '../../domain/session.js';
import { checked, problemsOf, RegistrationRecord, ServerRecord, SessionRecord } from '../records.js';
import type { Registration, StoredSecret } from '../store.js';
import { StoreDamaged } from '../store-error.js';

/**
 * Rows and back. Columns are what statements look at; `body` is JSON with all else, and with the ids too, because a
 * column for looking up may hold a digest. JSON escapes NUL and lone surrogates, which databases cannot keep.
 */

export function sessionBody(session: Session): string {
  return JSON.stringify(checked(SessionRecord, session, `session "${session.key}"`));
}

export function serverBody(server: Pick<Server, 'id' | 'facts'>): string {
  const { id, facts } = checked(
    ServerRecord,
    { ...NO_HISTORY, id: server.id, facts: server.facts },
    `server "${server.id}"`,
  );
  return JSON.stringify({ id, facts });
}

const NO_HISTORY = { gate: 'OPEN', linkEpoch: 1, placementVersion: 1, registeredAtMs: 0 } as const;

export function registrationBody(registration: Registration): string {
  const what = `the ${registration.kind} "${registration.id}"`;
  const { id, uniqueName, body } = checked(RegistrationRecord, registration, what);
  return JSON.stringify({ id, uniqueName, body });
}

export function secretBody({ name, value }: StoredSecret): string {
  return JSON.stringify({ name, value });
}

/** Reads rows of one store; a damaged row is an error that names it, never a record that is left out. */
export class RowReader {
  /** @param store its path or address, for errors */
  constructor(readonly store: string) {}

  session(row: unknown): Session {
    const { key, body } = this.#row(SessionRow, row, 'sessions');
    return this.#record(SessionRecord, () => JSON.parse(body), `the session with the key "${key}"`);
  }

  server(row: unknown): Server {
    const found = this.#row(ServerRow, row, 'servers');
    const read = (): unknown => ({
      ...(JSON.parse(found.body) as object),
      gate: found.gate,
      linkEpoch: found.link_epoch,
      placementVersion: found.placement_version,
      registeredAtMs: found.registered_at_ms,
    });
    return this.#record(ServerRecord, read, `the server with the key "${found.id}"`);
  }

  registration(row: unknown): Registration {
    const found = this.#row(RegistrationRow, row, 'registrations');
    const read = (): unknown => ({
      ...(JSON.parse(found.body) as object),
      kind: found.kind,
      createdAtMs: found.created_at_ms,
      version: found.version,
    });
    return this.#record(RegistrationRecord, read, `the ${found.kind} with the key "${found.id}"`);
  }

  secret(row: unknown): StoredSecret {
    const { name, body } = this.#row(SecretRow, row, 'secrets');
    return this.#record(SecretRecord, () => JSON.parse(body), `the secret with the key "${name}"`);
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
      this.store,
      `has a damaged record: ${what} (${problem})`,
      "Restore a backup, or remove that row with the database's own program while the broker is stopped.",
      { cause },
    );
  }
}

const SessionRow = z.object({ key: z.string(), body: z.string() });
const ServerRow = z.object({
  id: z.string(),
  body: z.string(),
  gate: z.string(),
  link_epoch: z.number(),
  placement_version: z.number(),
  registered_at_ms: z.number(),
});
const RegistrationRow = z.object({
  kind: z.string(),
  id: z.string(),
  created_at_ms: z.number(),
  body: z.string(),
  version: z.number(),
});
const SecretRow = z.object({ name: z.string(), body: z.string() });
const SecretRecord: z.ZodType<StoredSecret> = z.object({ name: z.string(), value: z.string() });
