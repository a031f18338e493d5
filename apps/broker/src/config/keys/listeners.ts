import type { KeyTable } from '../config-key.js';
import { implemented } from '../config-key.js';

const keyStore = {
  kind: 'later',
  topic: 'client-to-broker-connector-key-store-*, agent-to-broker-connector-key-store-*',
  reason:
    'Java key stores are not read: the broker serves a certificate that it makes itself, see tls-extra-names',
} as const;

export const listenerKeys = {
  'client-to-broker-connector-https-port': {
    kind: 'port',
    default: 8443,
    describes: 'Port of the REST API. `0` takes any free port.',
    status: implemented,
  },
  'client-to-broker-connector-bind-host': {
    kind: 'host',
    default: '0.0.0.0',
    describes: 'Address on which the REST API listens.',
    status: implemented,
  },
  'client-to-broker-connector-key-store-file': {
    kind: 'text',
    default: undefined,
    describes: 'Java key store with the certificate of the REST API.',
    status: keyStore,
  },
  'client-to-broker-connector-key-store-pass': {
    kind: 'text',
    default: undefined,
    secret: true,
    describes: 'Password of that key store.',
    status: keyStore,
  },
  'agent-to-broker-connector-https-port': {
    kind: 'port',
    default: 8445,
    describes: 'Port for agents, and for DCV servers that check connection tokens. `0` takes any free port.',
    status: implemented,
  },
  'agent-to-broker-connector-bind-host': {
    kind: 'host',
    default: '0.0.0.0',
    describes: 'Address on which the agent port listens.',
    status: implemented,
  },
  'agent-to-broker-connector-key-store-file': {
    kind: 'text',
    default: undefined,
    describes: 'Java key store with the certificate of the agent port.',
    status: keyStore,
  },
  'agent-to-broker-connector-key-store-pass': {
    kind: 'text',
    default: undefined,
    secret: true,
    describes: 'Password of that key store.',
    status: keyStore,
  },
  'cli-to-broker-port': {
    kind: 'port',
    default: 47200,
    describes: 'Port on which the original broker takes its administration commands.',
    status: {
      kind: 'ignored',
      topic: 'cli-to-broker-port',
      reason:
        'administration commands reach the broker through a local socket under session-manager-working-path',
    },
  },
  'enable-api-yaml': {
    kind: 'boolean',
    default: true,
    describes: 'The REST API describes itself at `/dcv-session-manager-api.yaml`.',
    status: implemented,
  },
} as const satisfies KeyTable;
