import type { KeyTable } from '../config-key.js';
import { implemented } from '../config-key.js';

const keyStoreForms =
  'PKCS#12 (also in a file named `.jks`, as Java 9 and newer write it), or PEM with the chain, the key in the same file or beside it as `.key`. Without it the broker makes a certificate.';

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
    kind: 'absolute-path',
    default: undefined,
    describes: `Key store with the certificate of the REST API: ${keyStoreForms}`,
    status: implemented,
  },
  'client-to-broker-connector-key-store-pass': {
    kind: 'text',
    default: undefined,
    secret: true,
    describes: 'Password of that key store, or of the encrypted key in it.',
    status: implemented,
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
    kind: 'absolute-path',
    default: undefined,
    describes: `Key store with the certificate of the agent port: ${keyStoreForms}`,
    status: implemented,
  },
  'agent-to-broker-connector-key-store-pass': {
    kind: 'text',
    default: undefined,
    secret: true,
    describes: 'Password of that key store, or of the encrypted key in it.',
    status: implemented,
  },
  'enable-tls-client-auth-agent': {
    kind: 'boolean',
    default: false,
    describes:
      'Agents have to show a client certificate. DCV servers that check tokens, and `/health`, on the same port do not. Not a key of the original.',
    status: implemented,
  },
  'agent-to-broker-connector-trust-store-file': {
    kind: 'absolute-path',
    default: undefined,
    describes:
      'Trust store, PKCS#12 or PEM, with the certificates that vouch for those of agents. Not a key of the original.',
    status: implemented,
  },
  'agent-to-broker-connector-trust-store-pass': {
    kind: 'text',
    default: undefined,
    secret: true,
    describes: 'Password of that trust store. Not a key of the original.',
    status: implemented,
  },
  'cli-to-broker-port': {
    kind: 'port',
    default: 47200,
    describes:
      'Port on 127.0.0.1 that takes the administration commands, besides the local socket; opened only when the file sets it.',
    status: implemented,
  },
  'enable-api-yaml': {
    kind: 'boolean',
    default: true,
    describes: 'The REST API describes itself at `/dcv-session-manager-api.yaml`.',
    status: implemented,
  },
} as const satisfies KeyTable;
