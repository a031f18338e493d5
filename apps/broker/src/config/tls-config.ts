import type { KeyName, Values } from './keys.js';

/** A key store or trust store, with the keys that name it, for error texts. */
export interface StoreFileConfig {
  /** Absolute path. */
  readonly file: string;
  readonly pass: string | undefined;
  readonly fileKey: KeyName;
  readonly passKey: KeyName;
}

/** Where the certificates of one listener come from, and what it asks of clients. */
export interface ListenerTlsConfig {
  /** Undefined: the broker makes its own certificate. */
  readonly keyStore: StoreFileConfig | undefined;
  /** Who vouches for client certificates. */
  readonly trustStore: StoreFileConfig | undefined;
  /** `optional`: asked for, but a connection without a good one goes on. */
  readonly clientAuth: 'none' | 'optional' | 'required';
}

export interface TlsConfig {
  /** DNS names and addresses that the self-made certificate carries besides the host's own. */
  readonly extraNames: readonly string[];
  readonly listeners: Readonly<Record<'client' | 'agent' | 'gateway', ListenerTlsConfig>>;
}

export function tlsConfig(values: Values): TlsConfig {
  return Object.freeze<TlsConfig>({
    extraNames: values['tls-extra-names'],
    listeners: Object.freeze<TlsConfig['listeners']>({
      client: {
        keyStore: store(values, 'client-to-broker-connector-key-store'),
        trustStore: undefined,
        clientAuth: 'none',
      },
      agent: {
        keyStore: store(values, 'agent-to-broker-connector-key-store'),
        trustStore: store(values, 'agent-to-broker-connector-trust-store'),
        // DCV servers check tokens on the same port, and have no certificate.
        clientAuth: values['enable-tls-client-auth-agent'] ? 'optional' : 'none',
      },
      gateway: {
        keyStore: store(values, 'gateway-to-broker-connector-key-store'),
        trustStore: store(values, 'gateway-to-broker-connector-trust-store'),
        clientAuth: values['enable-tls-client-auth-gateway'] ? 'required' : 'none',
      },
    }),
  });
}

/** What comes before `-file` and `-pass` in the names of the keys. */
type StoreName =
  Extract<KeyName, `${string}-to-broker-connector-${string}-store-file`> extends `${infer Name}-file`
    ? Name
    : never;

function store(values: Values, name: StoreName): StoreFileConfig | undefined {
  const [fileKey, passKey] = [`${name}-file`, `${name}-pass`] as const;
  const file = values[fileKey];
  return file === undefined ? undefined : { file, pass: values[passKey], fileKey, passKey };
}
