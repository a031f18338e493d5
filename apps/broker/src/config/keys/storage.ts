import type { KeyTable } from '../config-key.js';
import { implemented, largestInteger } from '../config-key.js';

const sharedDatabase = {
  kind: 'later',
  topic: 'enable-persistence, persistence-db, dynamodb-*, jdbc-*',
  reason:
    'MySQL and DynamoDB are not used yet: meanwhile the embedded SQLite file under session-manager-working-path keeps the state across restarts, so put that directory on a disk that lasts',
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
    describes: 'The state is kept in a shared database.',
    status: sharedDatabase,
  },
  'persistence-db': {
    kind: 'choice',
    default: undefined,
    choices: ['dynamodb', 'mysql'],
    describes: 'Which shared database.',
    status: sharedDatabase,
  },
  'dynamodb-region': {
    kind: 'text',
    default: undefined,
    describes: 'AWS region of the tables.',
    status: sharedDatabase,
  },
  'dynamodb-table-rcu': {
    kind: 'integer',
    default: undefined,
    unit: 'count',
    min: 1,
    max: largestInteger,
    describes: 'Read capacity units of each table.',
    status: sharedDatabase,
  },
  'dynamodb-table-wcu': {
    kind: 'integer',
    default: undefined,
    unit: 'count',
    min: 1,
    max: largestInteger,
    describes: 'Write capacity units of each table.',
    status: sharedDatabase,
  },
  'dynamodb-table-name-prefix': {
    kind: 'text',
    default: undefined,
    describes: 'What the name of each table starts with.',
    status: sharedDatabase,
  },
  'jdbc-connection-url': {
    kind: 'text',
    default: undefined,
    secret: true,
    describes: 'Address of the MySQL or MariaDB database.',
    status: sharedDatabase,
  },
  'jdbc-user': {
    kind: 'text',
    default: undefined,
    describes: 'User of that database.',
    status: sharedDatabase,
  },
  'jdbc-password': {
    kind: 'text',
    default: undefined,
    secret: true,
    describes: 'Password of that user.',
    status: sharedDatabase,
  },
} as const satisfies KeyTable;
