import type { KeyTable } from '../config-key.js';
import { implemented } from '../config-key.js';

const cluster = {
  kind: 'later',
  topic: 'cluster-*, broker-name',
  reason:
    'read and checked, and doctor tries the connection, but brokers do not work together yet: let one broker at a time use a database',
} as const;

/** Keys that the original does not know. */
export const additionKeys = {
  'placement-strategy': {
    kind: 'choice',
    default: 'spread',
    choices: ['spread', 'pack', 'least-loaded'],
    describes:
      'Which of the suitable servers gets a session: `spread` the one with the fewest sessions, `pack` the one with the most that still has room, `least-loaded` the one with the lowest processor load, then with the least memory in use.',
    status: implemented,
  },
  'create-session-timeout-seconds': {
    kind: 'integer',
    default: 120,
    unit: 'seconds',
    min: 1,
    max: 86_400,
    describes: 'How long one server may take to create a session before another is tried.',
    status: implemented,
  },
  'agent-heartbeat-seconds': {
    kind: 'integer',
    default: 10,
    unit: 'seconds',
    min: 1,
    max: 3600,
    describes: 'How often agents say that they are alive.',
    status: implemented,
  },
  'agent-lease-seconds': {
    kind: 'integer',
    default: 30,
    unit: 'seconds',
    min: 2,
    max: 86_400,
    describes:
      'How long an agent may be silent before its server counts as unreachable. Has to be longer than `agent-heartbeat-seconds`.',
    status: implemented,
  },
  store: {
    kind: 'choice',
    default: 'sqlite',
    choices: ['sqlite', 'memory'],
    describes:
      'Where the state lives: `sqlite` in a file under the working path, `memory` only until the broker stops, for tests and demonstrations.',
    status: implemented,
  },
  'log-level': {
    kind: 'choice',
    default: 'info',
    choices: ['error', 'warn', 'info', 'debug'],
    describes: 'The least important messages that are still logged.',
    status: implemented,
  },
  'audit-log-max-file-size-mb': {
    kind: 'integer',
    default: 64,
    unit: 'megabytes',
    min: 1,
    max: 4096,
    describes:
      'How large a file of the audit log may grow before the next one is begun. Files are never removed by the broker.',
    status: implemented,
  },
  'max-connections-per-address': {
    kind: 'integer',
    default: 2000,
    unit: 'count',
    min: 1,
    max: 1_000_000,
    describes:
      'How many connections one address may have open on each port. Links of agents do not count once they are established.',
    status: implemented,
  },
  'oauth-issuer': {
    kind: 'https-origin',
    default: undefined,
    describes:
      'The name of this broker as an authorization server: in its metadata, and in the tokens that it issues and accepts. Without it, that is the name by which a client calls the broker. A change ends the tokens issued before.',
    status: implemented,
  },
  'auth-servers-ca-file': {
    kind: 'absolute-path',
    default: undefined,
    describes:
      "PEM file with authorities to trust besides the system's when the keys of external authorization servers are fetched, such as a company's own.",
    status: implemented,
  },
  'tls-extra-names': {
    kind: 'host-list',
    default: [],
    describes:
      "More DNS names and addresses, separated by commas, for the certificate that the broker makes itself: the names by which clients and agents know it, such as a load balancer's.",
    status: implemented,
  },
  'cluster-nats-url': {
    kind: 'text',
    default: undefined,
    secret: true,
    describes:
      'The NATS servers over which brokers speak to each other, separated by commas: `nats://host:4222`, or `tls://…` to demand TLS, with `user:password@` or `token@` before the host. Needs a shared database (`enable-persistence`).',
    status: cluster,
  },
  'cluster-nats-ca-file': {
    kind: 'absolute-path',
    default: undefined,
    describes:
      "PEM file with the authorities to trust for NATS instead of the system's. With it, TLS is demanded.",
    status: cluster,
  },
  'cluster-nats-credentials-file': {
    kind: 'absolute-path',
    default: undefined,
    describes:
      'File with the credentials of a NATS user, as `nsc` writes it; instead of a user or token in the address.',
    status: cluster,
  },
  'cluster-name': {
    kind: 'text',
    default: 'dcvsm',
    describes:
      'Brokers of one cluster have the same name here. Clusters with different names may share NATS servers.',
    status: cluster,
  },
  'broker-name': {
    kind: 'text',
    default: undefined,
    describes: 'By which this broker is known among the others. Without it, the name of its host.',
    status: cluster,
  },
} as const satisfies KeyTable;
