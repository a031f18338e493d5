import type { LogLevel } from '@dcvsm/runtime';
import type { AgentValues, LogValues } from './keys.js';
import type { Platform } from './platform.js';

/** What the parts of the agent are told at start, in the units that the code uses. */
export interface AgentConfig {
  readonly platform: Platform;
  readonly broker: {
    readonly host: string;
    readonly port: number;
    /** Absolute path of a PEM file. */
    readonly caFile: string | undefined;
    readonly tlsStrict: boolean;
    /** Absolute paths of PEM files, for a broker that wants a certificate of agents; both or neither. */
    readonly certFile: string | undefined;
    readonly keyFile: string | undefined;
  };
  /** Where the software statement is with which this host registers. */
  readonly statement: {
    readonly file: string;
    /** Agent.conf names it; else it may be missing. */
    readonly isConfigured: boolean;
  };
  readonly initFolder: string;
  readonly autorunFolder: string;
  readonly tagsFolder: string;
  readonly dataFolder: string;
  readonly limits: { readonly maxVirtualSessions: number; readonly maxVirtualSessionsPerUser: number };
  readonly reportIntervalMs: number;
  readonly queriesLoggedInUsers: boolean;
  readonly preferredNetworkInterface: string | undefined;
  readonly dcv: {
    /** Absolute path of the `dcv` command. */
    readonly command: string;
    readonly timeoutMs: number;
    readonly createTimeoutMs: number;
    readonly maxConcurrentCreations: number;
    readonly defaultInit: string | undefined;
  };
  readonly log: LogConfig;
}

export interface LogConfig {
  readonly level: LogLevel;
  readonly directory: string;
  readonly rotation: 'hourly' | 'daily';
  readonly maxFileBytes: number;
  readonly keptFiles: number;
}

export interface Places {
  readonly platform: Platform;
  /** Absolute path for `ca_file`, which may be relative to the configuration file. */
  readonly caFile: string | undefined;
  readonly tagsFolder: string;
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
  readonly statement: AgentConfig['statement'];
}

export function toAgentConfig(agent: AgentValues, log: LogValues, places: Places): AgentConfig {
  return Object.freeze({
    platform: places.platform,
    broker: {
      host: agent.broker_host,
      port: agent.broker_port,
      caFile: places.caFile,
      tlsStrict: agent.tls_strict,
      certFile: places.certFile,
      keyFile: places.keyFile,
    },
    statement: places.statement,
    initFolder: agent.init_folder,
    autorunFolder: agent.autorun_folder,
    tagsFolder: places.tagsFolder,
    dataFolder: agent.data_folder,
    limits: {
      maxVirtualSessions: places.platform === 'windows' ? 0 : agent.max_virtual_sessions,
      maxVirtualSessionsPerUser: agent.max_concurrent_sessions_per_user,
    },
    reportIntervalMs: agent.broker_update_interval * 1000,
    queriesLoggedInUsers: places.platform !== 'windows' || agent.enable_query_logged_in_users,
    preferredNetworkInterface: agent.preferred_network_interface,
    dcv: {
      command: agent.dcv_root,
      timeoutMs: agent.dcv_timeout * 1000,
      createTimeoutMs: agent.create_timeout * 1000,
      maxConcurrentCreations: agent.max_concurrent_creations,
      defaultInit: agent.default_init,
    },
    log: {
      level: log.level === 'warning' ? 'warn' : log.level,
      directory: log.directory,
      rotation: log.rotation,
      maxFileBytes: log['max-file-size'],
      keptFiles: log.rotate,
    },
  });
}
