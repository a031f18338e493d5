import type { Server } from '../../domain/server.js';
import { serverBody, type RowReader } from './rows.js';
import { Key, statement, type Operation, type Statement, type Steps } from './statement.js';
import { ofServer } from './subjects.js';

const INSERT = `INSERT INTO servers (id, body, gate, link_epoch, placement_version, registered_at_ms)
  VALUES (?, ?, 'OPEN', 1, 1, ?) ON CONFLICT DO NOTHING`;
const NEW_LINK = `UPDATE servers
  SET body = ?, link_epoch = link_epoch + 1, placement_version = placement_version + 1 WHERE id = ?`;
const NEW_FACTS = `UPDATE servers
  SET body = ?, placement_version = placement_version + 1 WHERE id = ? AND link_epoch = ?`;
const SET_GATE = 'UPDATE servers SET gate = ?, placement_version = placement_version + 1 WHERE id = ?';
const TOUCH = 'UPDATE servers SET placement_version = placement_version + 1 WHERE id = ?';
const DELETE = 'DELETE FROM servers WHERE id = ? AND link_epoch = ?';
const IS_KNOWN = 'SELECT 1 FROM servers WHERE id = ? LIMIT 1';
const FIND = 'SELECT * FROM servers WHERE id = ? LIMIT 1';

export function upsertServer(
  server: Pick<Server, 'id' | 'facts' | 'registeredAtMs'>,
  rows: RowReader,
): Operation<Server> {
  const { id, registeredAtMs } = server;
  const body = serverBody(server);
  return {
    subjects: [ofServer(id)],
    kind: 'transaction',
    steps: () => upserting(new Key(id), body, registeredAtMs, rows),
  };
}

function* upserting(id: Key, body: string, registeredAtMs: number, rows: RowReader): Steps<Server> {
  // Comes round again if another broker registered it between the two.
  while ((yield statement(NEW_LINK, body, id)).count === 0) {
    if ((yield statement(INSERT, id, body, registeredAtMs)).count === 1) break;
  }
  return rows.server((yield statement(FIND, id)).rows[0]);
}

export function updateFacts(
  { id, facts, linkEpoch }: Pick<Server, 'id' | 'facts' | 'linkEpoch'>,
  rows: RowReader,
): Operation<Server | null> {
  const key = new Key(id);
  return changeServer(id, statement(NEW_FACTS, serverBody({ id, facts }), key, linkEpoch), rows);
}

export function updateGate(id: string, gate: Server['gate'], rows: RowReader): Operation<Server | null> {
  return changeServer(id, statement(SET_GATE, gate, new Key(id)), rows);
}

export function raisePlacementVersion(id: string, rows: RowReader): Operation<Server | null> {
  return changeServer(id, statement(TOUCH, new Key(id)), rows);
}

function changeServer(id: string, change: Statement, rows: RowReader): Operation<Server | null> {
  return {
    subjects: [ofServer(id)],
    kind: 'transaction',
    steps: () => changing(new Key(id), change, rows),
  };
}

/** The change and the look at what came of it belong together: MySQL's UPDATE returns no rows. */
function* changing(id: Key, change: Statement, rows: RowReader): Steps<Server | null> {
  if ((yield change).count === 0) return null;
  return rows.server((yield statement(FIND, id)).rows[0]);
}

export function deleteServer(id: string, linkEpoch: number): Operation<'removed' | 'conflict'> {
  return {
    subjects: [ofServer(id)],
    kind: 'statement',
    steps: (isRepeat) => deleting(new Key(id), linkEpoch, isRepeat),
  };
}

function* deleting(id: Key, linkEpoch: number, isRepeat: boolean): Steps<'removed' | 'conflict'> {
  if ((yield statement(DELETE, id, linkEpoch)).count === 1) return 'removed';
  return isRepeat && (yield statement(IS_KNOWN, id)).count === 0 ? 'removed' : 'conflict';
}

export function selectServer(id: string, rows: RowReader): Operation<Server | null> {
  return {
    subjects: [ofServer(id)],
    kind: 'statement',
    steps: () => selecting(new Key(id), rows),
  };
}

function* selecting(id: Key, rows: RowReader): Steps<Server | null> {
  const { rows: found, count } = yield statement(FIND, id);
  return count === 0 ? null : rows.server(found[0]);
}
