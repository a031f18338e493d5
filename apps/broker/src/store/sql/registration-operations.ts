import type { Registration, RegistrationKind } from '../store.js';
import { registrationBody, type RowReader } from './rows.js';
import { Key, statement, type Operation, type Statement, type Steps } from './statement.js';
import { ofRegistrations } from './subjects.js';

const INSERT = `INSERT INTO registrations (kind, id, unique_name, created_at_ms, body, version)
  VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`;
const UPDATE = 'UPDATE registrations SET unique_name = ?, body = ?, version = ? WHERE kind = ? AND id = ?';
const DELETE = 'DELETE FROM registrations WHERE kind = ? AND id = ? AND version = ?';
const HAS_ID = 'SELECT 1 FROM registrations WHERE kind = ? AND id = ? LIMIT 1';
const HAS_VERSION =
  'SELECT 1 FROM registrations WHERE kind = ? AND id = ? AND version = ? LIMIT 1 FOR UPDATE';
const HAS_NAME = 'SELECT 1 FROM registrations WHERE kind = ? AND unique_name = ? LIMIT 1';
const NAME_HELD_BY_OTHER =
  'SELECT 1 FROM registrations WHERE kind = ? AND unique_name = ? AND id <> ? LIMIT 1';
const IS_STORED =
  'SELECT 1 FROM registrations WHERE kind = ? AND id = ? AND version = ? AND body = ? LIMIT 1';
const FIND = 'SELECT * FROM registrations WHERE kind = ? AND id = ? LIMIT 1';
const LIST = 'SELECT * FROM registrations WHERE kind = ? ORDER BY created_at_ms, number';

type Added = 'added' | 'exists' | 'name-taken';
type Changed = 'changed' | 'conflict' | 'name-taken';

export function insertRegistration(given: Registration): Operation<Added> {
  const row = rowOf(given);
  return {
    subjects: [ofRegistrations(given.kind)],
    kind: 'transaction',
    steps: (isRepeat) => inserting(row, isRepeat),
  };
}

function* inserting(row: RegistrationRow, isRepeat: boolean): Steps<Added> {
  const { kind, id, name, createdAtMs, body, version } = row;
  for (;;) {
    if ((yield statement(INSERT, kind, id, name, createdAtMs, body, version)).count === 1) return 'added';
    if (isRepeat && (yield isStored(row)).count === 1) return 'added';
    if ((yield statement(HAS_ID, kind, id)).count === 1) return 'exists';
    if (name !== null && (yield statement(HAS_NAME, kind, name)).count === 1) return 'name-taken';
    // What was in the way is gone again.
  }
}

export function updateRegistration(given: Registration, seenVersion: number): Operation<Changed> {
  const row = rowOf(given);
  return {
    subjects: [ofRegistrations(given.kind)],
    kind: 'transaction',
    steps: (isRepeat) => updating(row, seenVersion, isRepeat),
  };
}

function* updating(row: RegistrationRow, seenVersion: number, isRepeat: boolean): Steps<Changed> {
  const { kind, id, name, body, version } = row;
  if ((yield statement(HAS_VERSION, kind, id, seenVersion)).count === 0)
    return isRepeat && (yield isStored(row)).count === 1 ? 'changed' : 'conflict';
  // A name that is taken after this look breaks the index's rule, and the look is taken again.
  if (name !== null && (yield statement(NAME_HELD_BY_OTHER, kind, name, id)).count === 1) return 'name-taken';
  yield statement(UPDATE, name, body, version, kind, id);
  return 'changed';
}

export function deleteRegistration(
  kind: RegistrationKind,
  id: string,
  seenVersion: number,
): Operation<'removed' | 'conflict'> {
  return {
    subjects: [ofRegistrations(kind)],
    kind: 'statement',
    steps: (isRepeat) => deleting(kind, new Key(id), seenVersion, isRepeat),
  };
}

function* deleting(
  kind: RegistrationKind,
  id: Key,
  seenVersion: number,
  isRepeat: boolean,
): Steps<'removed' | 'conflict'> {
  if ((yield statement(DELETE, kind, id, seenVersion)).count === 1) return 'removed';
  return isRepeat && (yield statement(HAS_ID, kind, id)).count === 0 ? 'removed' : 'conflict';
}

export function selectRegistration(
  kind: RegistrationKind,
  id: string,
  rows: RowReader,
): Operation<Registration | null> {
  return {
    subjects: [ofRegistrations(kind)],
    kind: 'statement',
    steps: () => selecting(statement(FIND, kind, new Key(id)), rows),
  };
}

function* selecting(find: Statement, rows: RowReader): Steps<Registration | null> {
  const { rows: found, count } = yield find;
  return count === 0 ? null : rows.registration(found[0]);
}

export function selectRegistrations(
  kind: RegistrationKind,
  rows: RowReader,
): Operation<readonly Registration[]> {
  return { subjects: [ofRegistrations(kind)], kind: 'snapshot', steps: () => listing(kind, rows) };
}

function* listing(kind: RegistrationKind, rows: RowReader): Steps<readonly Registration[]> {
  return (yield statement(LIST, kind)).rows.map((row) => rows.registration(row));
}

interface RegistrationRow {
  readonly kind: RegistrationKind;
  readonly id: Key;
  readonly name: Key | null;
  readonly createdAtMs: number;
  readonly body: string;
  readonly version: number;
}

function rowOf(given: Registration): RegistrationRow {
  const { kind, id, uniqueName, createdAtMs, version } = given;
  const name = uniqueName === null ? null : new Key(uniqueName);
  return { kind, id: new Key(id), name, createdAtMs, body: registrationBody(given), version };
}

/** Exactly what we would write is there: after a commit that was not answered, it was ours. */
function isStored({ kind, id, version, body }: RegistrationRow): Statement {
  return statement(IS_STORED, kind, id, version, body);
}
