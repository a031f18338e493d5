import type { FillOptions, StoreContents, StoredFleet } from '../store.js';
import { registrationBody, secretBody, serverBody, sessionBody, type RowReader } from './rows.js';
import { Key, statement, type Operation, type Statement, type Steps } from './statement.js';

const TABLES = ['sessions', 'servers', 'registrations', 'secrets'] as const;
const ALL_REGISTRATIONS = 'SELECT * FROM registrations ORDER BY created_at_ms, number';
const INSERT_SESSION = 'INSERT INTO sessions ("key", version, body) VALUES (?, ?, ?)';
const INSERT_SERVER = `INSERT INTO servers (id, body, gate, link_epoch, placement_version, registered_at_ms)
  VALUES (?, ?, ?, ?, ?, ?)`;
const INSERT_REGISTRATION = `INSERT INTO registrations (kind, id, unique_name, created_at_ms, body, version)
  VALUES (?, ?, ?, ?, ?, ?)`;
const INSERT_SECRET = 'INSERT INTO secrets (name, body) VALUES (?, ?)';

export function selectFleet(rows: RowReader): Operation<StoredFleet> {
  return { subjects: 'everything', kind: 'snapshot', steps: () => fleet(rows) };
}

function* fleet(rows: RowReader): Steps<StoredFleet> {
  const servers = (yield statement('SELECT * FROM servers')).rows.map((row) => rows.server(row));
  const sessions = (yield statement('SELECT * FROM sessions')).rows.map((row) => rows.session(row));
  return { sessions, servers };
}

export function selectContents(rows: RowReader): Operation<StoreContents> {
  return { subjects: 'everything', kind: 'snapshot', steps: () => contents(rows) };
}

function* contents(rows: RowReader): Steps<StoreContents> {
  const registrations = (yield statement(ALL_REGISTRATIONS)).rows.map((row) => rows.registration(row));
  const secrets = (yield statement('SELECT * FROM secrets')).rows.map((row) => rows.secret(row));
  return { ...(yield* fleet(rows)), registrations, secrets };
}

export function insertContents(given: StoreContents, options: FillOptions): Operation<Filled> {
  return { subjects: 'everything', kind: 'bulk', steps: (isRepeat) => filling(given, options, isRepeat) };
}

type Filled = 'filled' | 'not-empty';

function* filling(given: StoreContents, options: FillOptions, isRepeat: boolean): Steps<Filled> {
  for (const table of TABLES) {
    // A repeat finds its own work, or none of it; both are put right by beginning anew.
    if (options.replaces === true || isRepeat) yield statement(`DELETE FROM ${table}`);
    else if ((yield statement(`SELECT 1 FROM ${table} LIMIT 1`)).count === 1) return 'not-empty';
  }
  let stored = 0;
  for (const insertion of insertions(given)) {
    yield insertion;
    options.onProgress?.((stored += 1));
  }
  return 'filled';
}

function* insertions({ sessions, servers, registrations, secrets }: StoreContents): Generator<Statement> {
  for (const session of sessions) {
    const values = [new Key(session.key), session.version, sessionBody(session)];
    yield { sql: INSERT_SESSION, values };
  }
  for (const server of servers) {
    const { gate, linkEpoch, placementVersion, registeredAtMs } = server;
    const rest = [gate, linkEpoch, placementVersion, registeredAtMs];
    yield { sql: INSERT_SERVER, values: [new Key(server.id), serverBody(server), ...rest] };
  }
  for (const registration of registrations) {
    const { kind, id, uniqueName, createdAtMs, version } = registration;
    const name = uniqueName === null ? null : new Key(uniqueName);
    const values = [kind, new Key(id), name, createdAtMs, registrationBody(registration), version];
    yield { sql: INSERT_REGISTRATION, values };
  }
  for (const secret of secrets)
    yield { sql: INSERT_SECRET, values: [new Key(secret.name), secretBody(secret)] };
}
