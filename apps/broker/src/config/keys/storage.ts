import type { KeyTable } from '../config-key.js';
import { implemented, largestInteger } from '../config-key.js';

const dynamodb = {
  kind: 'later',
  topic: 'persistence-db = dynamodb, dynamodb-*',
  reason:
    'DynamoDB is not used yet: meanwhile the embedded SQLite file under session-manager-working-path keeps the state across restarts, so put that directory on a disk that lasts',
} as const;

export const storageKeys = {
  'session-manager-working-path': {
    kind: 'absolute-path',
    default: '/var/lib/dcvsmbroker',
    describes:
      "Directory of the broker's own files: its state, its keys and its local socket. Only the broker's user may enter it. (The administration guide names `/tmp`; this is what the original's file sets.)",
    status: implemented,
  },
  'enable-persistence': {
    kind: 'boolean',
    default: false,
    describes:
      'The state is kept in the shared database that `persistence-db` names, instead of a file of this broker alone.',
    status: implemented,
  },
  'persistence-db': {
    kind: 'choice',
    default: undefined,
    choices: ['mysql', 'postgres', 'dynamodb'],
    describes: 'Which shared database: `mysql` for MySQL and MariaDB. `dynamodb` has no effect yet.',
    status: implemented,
  },
  'dynamodb-region': {
    kind: 'text',
    default: undefined,
    describes: 'AWS region of the tables.',
    status: dynamodb,
  },
  'dynamodb-table-rcu': {
    kind: 'integer',
    default: undefined,
    unit: 'count',
    min: 1,
    max: largestInteger,
    describes: 'Read capacity units of each table.',
    status: dynamodb,
  },
  'dynamodb-table-wcu': {
    kind: 'integer',
    default: undefined,
    unit: 'count',
    min: 1,
    max: largestInteger,
    describes: 'Write capacity units of each table.',
    status: dynamodb,
  },
  'dynamodb-table-name-prefix': {
    kind: 'text',
    default: undefined,
    describes: 'What the name of each table starts with.',
    status: dynamodb,
  },
  'jdbc-connection-url': {
    kind: 'text',
    default: undefined,
    secret: true,
    describes:
      'Address of the database: `jdbc:mysql://host:port/name`, `jdbc:mariadb://…` or `jdbc:postgresql://…`, with parameters after `?`; see [operations](operations.md#shared-databases).',
    status: implemented,
  },
  'jdbc-user': {
    kind: 'text',
    default: undefined,
    describes: 'User of that database; it wins over one in the address.',
    status: implemented,
  },
  'jdbc-password': {
    kind: 'text',
    default: undefined,
    secret: true,
    describes: 'Password of that user.',
    status: implemented,
  },
} as const satisfies KeyTable;
