import { secretBody, type RowReader } from './rows.js';
import { Key, statement, type Operation, type Steps } from './statement.js';
import { ofSecret } from './subjects.js';

const INSERT = 'INSERT INTO secrets (name, body) VALUES (?, ?) ON CONFLICT DO NOTHING';
const FIND = 'SELECT * FROM secrets WHERE name = ? LIMIT 1';

export function keepSecret(name: string, fresh: string, rows: RowReader): Operation<string> {
  return {
    subjects: [ofSecret(name)],
    kind: 'transaction',
    steps: () => keeping(new Key(name), secretBody({ name, value: fresh }), rows),
  };
}

function* keeping(name: Key, body: string, rows: RowReader): Steps<string> {
  yield statement(INSERT, name, body);
  return rows.secret((yield statement(FIND, name)).rows[0]).value;
}
