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

const wildcardHosts: readonly string[] = ['0.0.0.0', '::'];

const rules: readonly Rule[] = [
  {
    concerns: [
      'client-to-broker-connector-https-port',
      'client-to-broker-connector-bind-host',
      'agent-to-broker-connector-https-port',
      'agent-to-broker-connector-bind-host',
    ],
    check: (values) => {
      const port = values['agent-to-broker-connector-https-port'];
      if (port === 0 || port !== values['client-to-broker-connector-https-port']) return undefined;
      const hosts = [
        values['client-to-broker-connector-bind-host'],
        values['agent-to-broker-connector-bind-host'],
      ] as const;
      if (hosts[0] !== hosts[1] && !hosts.some((host) => wildcardHosts.includes(host))) return undefined;
      return {
        key: 'agent-to-broker-connector-https-port',
        problem: `is ${port}, like client-to-broker-connector-https-port`,
        remedy: 'give the two listeners different ports, or different addresses',
      };
    },
  },
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
];

/** Every contradiction between values that could be read. */
export function findContradictions(
  values: Values,
  unreadable: ReadonlySet<string>,
): readonly Contradiction[] {
  return rules
    .filter(({ concerns }) => !concerns.some((key) => unreadable.has(key)))
    .flatMap(({ check }) => check(values) ?? []);
}
