import type { Session } from '../domain/session.js';
import type { Operation } from './group-commit.js';
import { sessionBody, toText } from './rows.js';

/** Statements on sessions; each refuses before it writes. */

const INSERT = 'INSERT INTO sessions (key, version, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING';
const UPDATE = 'UPDATE sessions SET version = ?, body = ? WHERE key = ? AND version = ?';
const DELETE = 'DELETE FROM sessions WHERE key = ? AND version = ?';
const HAS_ROOM_AS_SEEN = `SELECT 1 FROM servers WHERE id = ? AND placement_version = ? AND gate = 'OPEN'`;
const RAISE_PLACEMENT_VERSION = 'UPDATE servers SET placement_version = placement_version + 1 WHERE id = ?';

export interface SeenVersions {
  readonly placementVersion: number;
  /** null: the session is new. */
  readonly sessionVersion: number | null;
}

export function insertSession(session: Session): Operation<boolean> {
  const values = [toText(session.key), session.version, sessionBody(session)];
  return (transaction) => transaction.run(INSERT, ...values) === 1;
}

export function updateSession(session: Session, seenVersion: number): Operation<boolean> {
  const values = [session.version, sessionBody(session), toText(session.key), seenVersion];
  return (transaction) => transaction.run(UPDATE, ...values) === 1;
}

export function deleteSession(key: string, seenVersion: number): Operation<boolean> {
  return (transaction) => transaction.run(DELETE, toText(key), seenVersion) === 1;
}

export function reserveServer(
  session: Session,
  serverId: string,
  seen: SeenVersions,
): Operation<'reserved' | 'server-changed' | 'session-changed'> {
  const store =
    seen.sessionVersion === null ? insertSession(session) : updateSession(session, seen.sessionVersion);
  const server = toText(serverId);
  return (transaction) => {
    if (transaction.get(HAS_ROOM_AS_SEEN, server, seen.placementVersion) === undefined)
      return 'server-changed';
    if (!store(transaction)) return 'session-changed';
    transaction.run(RAISE_PLACEMENT_VERSION, server);
    return 'reserved';
  };
}
