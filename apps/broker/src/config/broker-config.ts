import { clusterConfig, type ClusterConfig } from './cluster-config.js';
import { databaseConfig, type DatabaseConfig } from './database-config.js';
import type { Values } from './keys.js';
import { tlsConfig, type TlsConfig } from './tls-config.js';

/** Where one of the HTTPS listeners listens. Port 0 means any free port. */
export interface ListenerConfig {
  readonly port: number;
  readonly bindHost: string;
}

/** What the parts of the broker are told at start: only keys with effect, in the units that the code uses. Frozen. */
export interface BrokerConfig {
  /** Absolute path of the directory with the broker's own files. */
  readonly workingPath: string;
  readonly clientListener: ListenerConfig;
  readonly agentListener: ListenerConfig;
  /** Null: there is no gateway. */
  readonly gatewayListener: (ListenerConfig & { readonly requiresCertificate: boolean }) | null;
  /** Port on loopback for the admin commands; undefined: they use the local socket alone. */
  readonly adminPort: number | undefined;
  readonly tls: TlsConfig;
  readonly authorization: {
    /** The broker issues tokens itself. */
    readonly issuesTokens: boolean;
    /** REST clients need a token. */
    readonly requiresTokens: boolean;
    /** `https://<name>[:port]`; null: the name by which a client calls the broker. */
    readonly issuer: string | null;
    /** Authorities to trust besides the system's when keys of external servers are fetched. */
    readonly caFile: string | null;
  };
  readonly agentAuthorization: {
    /** Agents need a token. */
    readonly isRequired: boolean;
    /** Agents need a TLS certificate. */
    readonly requiresCertificate: boolean;
    /** Software statements of the original's form count if they were generated here. */
    readonly allowsOriginalForm: boolean;
  };
  readonly servesApiDescription: boolean;
  readonly createQueue: { readonly maxRequests: number; readonly maxWaitMs: number };
  readonly sessions: {
    readonly createTimeoutMs: number;
    /** Attempts after the first one. */
    readonly createRetries: number;
    readonly connectionTokenLifetimeMs: number;
    /** How long a deleted session stays visible. */
    readonly deletedRetentionMs: number;
    readonly autorunMaxArguments: number;
    readonly autorunMaxArgumentCharacters: number;
  };
  readonly screenshot: {
    readonly maxWidthPixels: number;
    readonly maxHeightPixels: number;
    readonly format: 'png' | 'jpeg';
  };
  readonly agents: {
    readonly heartbeatMs: number;
    readonly leaseMs: number;
    /** How long an unreachable server is remembered. */
    readonly unreachableServerRetentionMs: number;
    /** How long the sessions of an unreachable server are; `undefined`: as long as the server. */
    readonly unreachableServerSessionsRetentionMs: number | undefined;
  };
  readonly limits: {
    readonly apiRequestsPerSecond: number;
    /** The throttle knows callers by `X-Forwarded-For`. */
    readonly trustsForwardedFor: boolean;
    readonly connectionsPerAddress: number;
  };
  readonly auditMaxFileBytes: number;
  readonly placementStrategy: 'spread' | 'pack' | 'least-loaded';
  readonly store: 'sqlite' | 'memory' | 'mysql' | 'postgres';
  /** The shared database; undefined: there is none. */
  readonly database: DatabaseConfig | undefined;
  /** Null: the broker is alone. */
  readonly cluster: ClusterConfig | null;
  readonly logLevel: 'error' | 'warn' | 'info' | 'debug';
}

const megabyteBytes = 1_048_576;
const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

export interface BrokerConfigOptions {
  /** Whether the file sets `delete-session-duration-seconds`, which then wins over its older name. */
  readonly deletedRetentionInSeconds: boolean;
  /** Whether the file sets `cli-to-broker-port`. */
  readonly opensAdminPort: boolean;
}

export function toBrokerConfig(values: Values, options: BrokerConfigOptions): BrokerConfig {
  const database = databaseConfig(values);
  const config: BrokerConfig = {
    workingPath: values['session-manager-working-path'],
    clientListener: Object.freeze({
      port: values['client-to-broker-connector-https-port'],
      bindHost: values['client-to-broker-connector-bind-host'],
    }),
    agentListener: Object.freeze({
      port: values['agent-to-broker-connector-https-port'],
      bindHost: values['agent-to-broker-connector-bind-host'],
    }),
    gatewayListener: gatewayConfig(values),
    adminPort: options.opensAdminPort ? values['cli-to-broker-port'] : undefined,
    tls: tlsConfig(values),
    authorization: Object.freeze({
      issuesTokens: values['enable-authorization-server'],
      requiresTokens: values['enable-authorization'],
      issuer: values['oauth-issuer'] ?? null,
      caFile: values['auth-servers-ca-file'] ?? null,
    }),
    agentAuthorization: Object.freeze({
      isRequired: values['enable-agent-authorization'],
      requiresCertificate: values['enable-tls-client-auth-agent'],
      allowsOriginalForm: values['allow-legacy-software-statements'],
    }),
    servesApiDescription: values['enable-api-yaml'],
    createQueue: Object.freeze({
      maxRequests: values['create-sessions-queue-max-size'],
      maxWaitMs: values['create-sessions-queue-max-time-seconds'] * secondMs,
    }),
    sessions: sessionsConfig(values, options),
    screenshot: Object.freeze({
      maxWidthPixels: values['session-screenshot-max-width'],
      maxHeightPixels: values['session-screenshot-max-height'],
      format: values['session-screenshot-format'],
    }),
    agents: agentsConfig(values),
    limits: Object.freeze({
      apiRequestsPerSecond: values['max-api-requests-per-second'],
      trustsForwardedFor: values['enable-throttling-forwarded-for-header'],
      connectionsPerAddress: values['max-connections-per-address'],
    }),
    auditMaxFileBytes: values['audit-log-max-file-size-mb'] * megabyteBytes,
    placementStrategy: values['placement-strategy'],
    store: database?.kind ?? values.store,
    database,
    cluster: clusterConfig(values),
    logLevel: values['log-level'],
  };
  return Object.freeze(config);
}

function gatewayConfig(values: Values): BrokerConfig['gatewayListener'] {
  if (!values['enable-gateway']) return null;
  return Object.freeze({
    port: values['gateway-to-broker-connector-https-port'],
    bindHost: values['gateway-to-broker-connector-bind-host'],
    requiresCertificate: values['enable-tls-client-auth-gateway'],
  });
}

function sessionsConfig(values: Values, options: BrokerConfigOptions): BrokerConfig['sessions'] {
  const hours = values['delete-session-duration-hours'];
  const usesHours = hours !== undefined && !options.deletedRetentionInSeconds;
  return Object.freeze({
    createTimeoutMs: values['create-session-timeout-seconds'] * secondMs,
    createRetries: values['create-sessions-number-of-retries-on-failure'],
    connectionTokenLifetimeMs: values['connect-session-token-duration-minutes'] * minuteMs,
    deletedRetentionMs: usesHours ? hours * hourMs : values['delete-session-duration-seconds'] * secondMs,
    autorunMaxArguments: values['autorun-file-arguments-max-size'],
    autorunMaxArgumentCharacters: values['autorun-file-arguments-max-argument-length'],
  });
}

function agentsConfig(values: Values): BrokerConfig['agents'] {
  const sessionsSeconds = values['seconds-before-deleting-sessions-unreachable-server'];
  return Object.freeze({
    heartbeatMs: values['agent-heartbeat-seconds'] * secondMs,
    leaseMs: values['agent-lease-seconds'] * secondMs,
    unreachableServerRetentionMs: values['seconds-before-deleting-unreachable-dcv-server'] * secondMs,
    unreachableServerSessionsRetentionMs:
      sessionsSeconds === undefined ? undefined : sessionsSeconds * secondMs,
  });
}
