import type { KeyTable } from '../config-key.js';

const gateway = {
  kind: 'later',
  topic: 'enable-gateway, gateway-to-broker-*',
  reason: 'the port for the Connection Gateway is not served yet: users connect to their DCV server directly',
} as const;

export const gatewayKeys = {
  'enable-gateway': {
    kind: 'boolean',
    default: false,
    describes: 'The broker tells a Connection Gateway where each session is.',
    status: gateway,
  },
  'gateway-to-broker-connector-https-port': {
    kind: 'port',
    default: 8447,
    describes: 'Port for the gateway.',
    status: gateway,
  },
  'gateway-to-broker-connector-bind-host': {
    kind: 'host',
    default: '0.0.0.0',
    describes: 'Address on which that port listens.',
    status: gateway,
  },
  'gateway-to-broker-connector-key-store-file': {
    kind: 'text',
    default: undefined,
    describes: 'Java key store with the certificate of that port.',
    status: gateway,
  },
  'gateway-to-broker-connector-key-store-pass': {
    kind: 'text',
    default: undefined,
    secret: true,
    describes: 'Password of that key store.',
    status: gateway,
  },
  'enable-tls-client-auth-gateway': {
    kind: 'boolean',
    default: false,
    describes: 'The gateway has to show a client certificate.',
    status: gateway,
  },
  'gateway-to-broker-connector-trust-store-file': {
    kind: 'text',
    default: undefined,
    describes: 'Java trust store that says which client certificates count.',
    status: gateway,
  },
  'gateway-to-broker-connector-trust-store-pass': {
    kind: 'text',
    default: undefined,
    secret: true,
    describes: 'Password of that trust store.',
    status: gateway,
  },
} as const satisfies KeyTable;
