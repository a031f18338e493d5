import type { Session } from '../../domain/session.js';
import { sessionBody, type RowReader } from './rows.js';
import { Key, statement, type Operation, type Statement, type Steps } from './statement.js';
import { ofServer, ofSession } from './subjects.js';

const INSERT = 'INSERT INTO sessions ("key", version, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING';
const UPDATE = 'UPDATE sessions SET version = ?, body = ? WHERE "key" = ? AND version = ?';
const DELETE = 'DELETE FROM sessions WHERE "key" = ? AND version = ?';
const FIND = 'SELECT * FROM sessions WHERE "key" = ? LIMIT 1';
const IS_STORED = 'SELECT 1 FROM sessions WHERE "key" = ? AND version = ? AND body = ? LIMIT 1';
const IS_KNOWN = 'SELECT 1 FROM sessions WHERE "key" = ? LIMIT 1';
const HAS_ROOM_AS_SEEN = `SELECT 1 FROM servers WHERE id = ? AND placement_version = ? AND gate = 'OPEN' LIMIT 1 FOR UPDATE`;
const RAISE_PLACEMENT_VERSION = 'UPDATE servers SET placement_version = placement_version + 1 WHERE id = ?';

export interface SeenVersions {
  readonly placementVersion: number;
  /** null: the session is new. */
  readonly sessionVersion: number | null;
}

export function insertSession(session: Session): Operation<'added' | 'exists'> {
  const row = rowOf(session);
  return {
    subjects: [ofSession(session.key)],
    kind: 'statement',
    steps: (isRepeat) => inserting(row, isRepeat),
  };
}

function* inserting(row: SessionRow, isRepeat: boolean): Steps<'added' | 'exists'> {
  if ((yield insert(row)).count === 1) return 'added';
  return isRepeat && (yield isStored(row)).count === 1 ? 'added' : 'exists';
}

export function updateSession(session: Session, seenVersion: number): Operation<'changed' | 'conflict'> {
  const row = rowOf(session);
  return {
    subjects: [ofSession(session.key)],
    kind: 'statement',
    steps: (isRepeat) => updating(row, seenVersion, isRepeat),
  };
}

function* updating(row: SessionRow, seenVersion: number, isRepeat: boolean): Steps<'changed' | 'conflict'> {
  if ((yield update(row, seenVersion)).count === 1) return 'changed';
  return isRepeat && (yield isStored(row)).count === 1 ? 'changed' : 'conflict';
}

export function deleteSession(key: string, seenVersion: number): Operation<'removed' | 'conflict'> {
  return {
    subjects: [ofSession(key)],
    kind: 'statement',
    steps: (isRepeat) => deleting(new Key(key), seenVersion, isRepeat),
  };
}

function* deleting(key: Key, seenVersion: number, isRepeat: boolean): Steps<'removed' | 'conflict'> {
  if ((yield statement(DELETE, key, seenVersion)).count === 1) return 'removed';
  return isRepeat && (yield statement(IS_KNOWN, key)).count === 0 ? 'removed' : 'conflict';
}

export function reserveServer(
  session: Session,
  serverId: string,
  seen: SeenVersions,
): Operation<'reserved' | 'server-changed' | 'session-changed'> {
  const row = rowOf(session);
  return {
    subjects: [ofSession(session.key), ofServer(serverId)],
    kind: 'transaction',
    steps: (isRepeat) => reserving(row, new Key(serverId), seen, isRepeat),
  };
}

function* reserving(
  row: SessionRow,
  server: Key,
  { placementVersion, sessionVersion }: SeenVersions,
  isRepeat: boolean,
): Steps<'reserved' | 'server-changed' | 'session-changed'> {
  const store = sessionVersion === null ? insert(row) : update(row, sessionVersion);
  const hasRoom = (yield statement(HAS_ROOM_AS_SEEN, server, placementVersion)).count === 1;
  if (hasRoom && (yield store).count === 1) {
    yield statement(RAISE_PLACEMENT_VERSION, server);
    return 'reserved';
  }
  // Asked after the lock was given: a commit that was still under way has ended.
  if (isRepeat && (yield isStored(row)).count === 1) return 'reserved';
  return hasRoom ? 'session-changed' : 'server-changed';
}

export function selectSession(key: string, rows: RowReader): Operation<Session | null> {
  return {
    subjects: [ofSession(key)],
    kind: 'statement',
    steps: () => selecting(new Key(key), rows),
  };
}

function* selecting(key: Key, rows: RowReader): Steps<Session | null> {
  const { rows: found, count } = yield statement(FIND, key);
  return count === 0 ? null : rows.session(found[0]);
}

interface SessionRow {
  readonly key: Key;
  readonly version: number;
  readonly body: string;
}

/** Made at the call: what the caller changes later must not reach the store. */
function rowOf(session: Session): SessionRow {
  return { key: new Key(session.key), version: session.version, body: sessionBody(session) };
}

function insert({ key, version, body }: SessionRow): Statement {
  return statement(INSERT, key, version, body);
}

function update({ key, version, body }: SessionRow, seenVersion: number): Statement {
  return statement(UPDATE, version, body, key, seenVersion);
}

/** Exactly what we would write is there: after a commit that was not answered, it was ours. */
function isStored({ key, version, body }: SessionRow): Statement {
  return statement(IS_STORED, key, version, body);
}
