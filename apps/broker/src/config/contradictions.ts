import { clusterProblem } from './cluster-config.js';
import { parseJdbcUrl } from './jdbc-url.js';
import type { KeyName, Values } from './keys.js';

/** Two values that are fine alone and wrong together. `key` is where the operator should look first. */
export interface Contradiction {
  readonly key: KeyName;
  readonly problem: string;
  readonly remedy: string;
}

interface Rule {
  /** The rule is skipped when one of these could not be read: that is said already. */
  readonly concerns: readonly KeyName[];
  readonly check: (values: Values) => Contradiction | undefined;
}

const DATABASE_KEYS = ['jdbc-connection-url', 'jdbc-user', 'jdbc-password'] as const;
const wildcardHosts: readonly string[] = ['0.0.0.0', '::'];

const rules: readonly Rule[] = [
  samePortRule('client', 'agent'),
  samePortRule('client', 'gateway'),
  samePortRule('agent', 'gateway'),
  {
    concerns: ['agent-lease-seconds', 'agent-heartbeat-seconds'],
    check: (values) => {
      const [lease, heartbeat] = [values['agent-lease-seconds'], values['agent-heartbeat-seconds']];
      if (lease > heartbeat) return undefined;
      return {
        key: 'agent-lease-seconds',
        problem: `is ${lease}, not longer than agent-heartbeat-seconds (${heartbeat})`,
        remedy: 'use about three heartbeats, so that one lost message does no harm',
      };
    },
  },
  {
    concerns: ['enable-persistence', 'persistence-db', 'dynamodb-region', ...DATABASE_KEYS],
    check: (values) => (values['enable-persistence'] ? sharedDatabaseProblem(values) : undefined),
  },
  {
    concerns: ['store', 'enable-persistence'],
    check: (values) => {
      if (values.store !== 'memory' || !values['enable-persistence']) return undefined;
      return {
        key: 'store',
        problem: 'is memory, which forgets everything at a stop, while enable-persistence is true',
        remedy: 'use store = sqlite, or set enable-persistence = false',
      };
    },
  },
  {
    concerns: [
      'cluster-nats-url',
      'cluster-nats-ca-file',
      'cluster-nats-credentials-file',
      'enable-persistence',
      'persistence-db',
    ],
    check: clusterProblem,
  },
  clientAuthRule('enable-tls-client-auth-agent', 'agent-to-broker-connector-trust-store-file'),
  clientAuthRule('enable-tls-client-auth-gateway', 'gateway-to-broker-connector-trust-store-file'),
];

/** What a shared database needs to be found and entered. */
function sharedDatabaseProblem(values: Values): Contradiction | undefined {
  const kind = values['persistence-db'];
  const missing = (key: KeyName, name: string, remedy: string): Contradiction => {
    const value = key === 'enable-persistence' ? 'true' : kind;
    return { key, problem: `is ${value}, while ${name} is not set`, remedy };
  };
  if (kind === undefined)
    return missing(
      'enable-persistence',
      'persistence-db',
      'set it to mysql or postgres; or set enable-persistence = false, and the state is kept in a file of this broker',
    );
  if (kind === 'dynamodb')
    return values['dynamodb-region'] === undefined
      ? missing('persistence-db', 'dynamodb-region', 'name the AWS region of the tables')
      : undefined;
  const text = values['jdbc-connection-url'];
  if (text === undefined)
    return missing('persistence-db', 'jdbc-connection-url', 'name the address of the database');
  const parsed = parseJdbcUrl(text);
  const key = 'jdbc-connection-url';
  if (parsed.kind === 'problem') return { key, problem: parsed.problem, remedy: parsed.remedy };
  if (parsed.url.kind !== kind)
    return { key, problem: `is not of persistence-db = ${kind}`, remedy: 'make the two agree' };
  if (values['jdbc-user'] === undefined && parsed.url.user === undefined)
    return missing('persistence-db', 'jdbc-user', 'name the user of the database');
  return undefined;
}

type Listener = 'client' | 'agent' | 'gateway';

/** Two listeners need two ports, or two addresses. The gateway's is served only on demand. */
function samePortRule(first: Listener, second: Listener): Rule {
  const [firstPort, secondPort] = [portKey(first), portKey(second)];
  const [firstHost, secondHost] = [hostKey(first), hostKey(second)];
  return {
    concerns: [firstPort, firstHost, secondPort, secondHost],
    check: (values) => {
      const port = values[secondPort];
      const isServed = second !== 'gateway' || values['enable-gateway'];
      if (!isServed || port === 0 || port !== values[firstPort]) return undefined;
      const hosts = [values[firstHost], values[secondHost]] as const;
      if (hosts[0] !== hosts[1] && !hosts.some((host) => wildcardHosts.includes(host))) return undefined;
      return {
        key: secondPort,
        problem: `is ${port}, like ${firstPort}`,
        remedy: 'give the two listeners different ports, or different addresses',
      };
    },
  };
}

function portKey<Name extends Listener>(listener: Name): `${Name}-to-broker-connector-https-port` {
  return `${listener}-to-broker-connector-https-port`;
}

function hostKey<Name extends Listener>(listener: Name): `${Name}-to-broker-connector-bind-host` {
  return `${listener}-to-broker-connector-bind-host`;
}

/** A port that asks for client certificates has to know which ones count. */
function clientAuthRule(
  enabledKey: 'enable-tls-client-auth-agent' | 'enable-tls-client-auth-gateway',
  trustStoreKey:
    'agent-to-broker-connector-trust-store-file' | 'gateway-to-broker-connector-trust-store-file',
): Rule {
  return {
    concerns: [enabledKey, trustStoreKey],
    check: (values) => {
      if (!values[enabledKey] || values[trustStoreKey] !== undefined) return undefined;
      return {
        key: enabledKey,
        problem: `is true, while ${trustStoreKey} is not set`,
        remedy: 'name the trust store with the CA of the client certificates',
      };
    },
  };
}

/** Every contradiction between values that could be read. */
export function findContradictions(
  values: Values,
  unreadable: ReadonlySet<string>,
): readonly Contradiction[] {
  return rules
    .filter(({ concerns }) => !concerns.some((key) => unreadable.has(key)))
    .flatMap(({ check }) => check(values) ?? []);
}
