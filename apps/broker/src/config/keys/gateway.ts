import type { KeyTable } from '../config-key.js';
import { implemented } from '../config-key.js';

export const gatewayKeys = {
  'enable-gateway': {
    kind: 'boolean',
    default: false,
    describes:
      'The broker tells Connection Gateways where each session is. Without `enable-tls-client-auth-gateway` whoever reaches the port may ask.',
    status: implemented,
  },
  'gateway-to-broker-connector-https-port': {
    kind: 'port',
    default: 8447,
    describes: 'Port for the gateway.',
    status: implemented,
  },
  'gateway-to-broker-connector-bind-host': {
    kind: 'host',
    default: '0.0.0.0',
    describes: 'Address on which that port listens.',
    status: implemented,
  },
  'gateway-to-broker-connector-key-store-file': {
    kind: 'absolute-path',
    default: undefined,
    describes:
      'Key store with the certificate of that port, as for the REST API. Without it the broker makes a certificate.',
    status: implemented,
  },
  'gateway-to-broker-connector-key-store-pass': {
    kind: 'text',
    default: undefined,
    secret: true,
    describes: 'Password of that key store, or of the encrypted key in it.',
    status: implemented,
  },
  'enable-tls-client-auth-gateway': {
    kind: 'boolean',
    default: false,
    describes: 'The gateway has to show a client certificate that the trust store vouches for.',
    status: implemented,
  },
  'gateway-to-broker-connector-trust-store-file': {
    kind: 'absolute-path',
    default: undefined,
    describes:
      'Trust store, PKCS#12 or PEM, that says which client certificates count; `gen-gateway-certificates` makes one.',
    status: implemented,
  },
  'gateway-to-broker-connector-trust-store-pass': {
    kind: 'text',
    default: undefined,
    secret: true,
    describes: 'Password of that trust store.',
    status: implemented,
  },
} as const satisfies KeyTable;
