import { z } from 'zod';
import type { Platform } from './platform.js';

/** One key of agent.conf: what it accepts, what it means when absent, and what the manual says of it. */
export interface ConfigKey {
  readonly schema: z.ZodType;
  /** Absent: the key has no value unless the file gives one. */
  readonly default?: string | number | boolean | Readonly<Record<Platform, string>>;
  readonly required?: true;
  readonly expects: string;
  readonly describes: string;
  /** Of this project; unknown to the original agent. */
  readonly ours?: true;
}

const text = z.string().min(1);
const absolutePath = z.string().regex(/^(?:\/|[A-Za-z]:[\\/])/);
const seconds = z.int().min(1).max(3600);

const programData = 'C:\\ProgramData\\NICE\\DCVSessionManagerAgent';
const path = { schema: absolutePath, expects: 'an absolute path' } as const;
const yesOrNo = { schema: z.boolean(), expects: 'true or false' } as const;
const time = { schema: seconds, expects: 'whole seconds from 1 to 3600' } as const;
const limit = { schema: z.int().min(-1).max(10_000), expects: 'a whole number from -1 to 10000' } as const;

/** Section `[agent]` (administration guide, agent configuration file; the ones marked `ours` are additions). */
export const agentKeys = {
  broker_host: {
    schema: text,
    required: true,
    expects: 'the DNS name or address of the broker',
    describes: 'DNS name or address of the broker, or of the load balancer in front of its agent port.',
  },
  broker_port: {
    schema: z.int().min(1).max(65_535),
    default: 8445,
    expects: 'a port number from 1 to 65535',
    describes: "The broker's agent port.",
  },
  ca_file: {
    schema: text,
    expects: 'the path of a PEM file',
    describes:
      "PEM file with the CA of the broker's certificate. Relative paths start at the folder of agent.conf. It is read again at each connection.",
  },
  tls_strict: {
    ...yesOrNo,
    default: true,
    describes:
      "Check the broker's certificate. With `false` anybody on the network can pretend to be the broker.",
  },
  cert_file: {
    schema: text,
    expects: 'the path of a PEM file',
    ours: true,
    describes:
      'Certificate of this host, for a broker that wants one of agents (`enable-tls-client-auth-agent`). Relative paths start at the folder of agent.conf. It is read again at each connection.',
  },
  key_file: {
    schema: text,
    expects: 'the path of a PEM file',
    ours: true,
    describes: 'Private key of that certificate. Set both or neither.',
  },
  init_folder: {
    ...path,
    default: { linux: '/var/lib/dcv-session-manager-agent/init', windows: `${programData}\\init` },
    describes: 'Scripts that CreateSessions may name as `InitFile`.',
  },
  autorun_folder: {
    ...path,
    default: { linux: '/var/lib/dcv-session-manager-agent/autorun', windows: `${programData}\\autorun` },
    describes: 'Programs that CreateSessions may name as `AutorunFile`.',
  },
  software_statement_path: {
    schema: text,
    expects: 'the path of a file',
    describes:
      'Software statement with which this host registers with the broker, in a file that others cannot read (mode 600 or 640). Relative paths start at the folder of agent.conf. Default: the file `default-software-statement` beside agent.conf, if there is one.',
  },
  tags_folder: {
    ...path,
    describes:
      'Folder with tag files (`*.toml`, or without an extension). Default: the folder `tags` beside agent.conf, or the folder of agent.conf if there is none.',
  },
  max_virtual_sessions: {
    ...limit,
    default: -1,
    describes: 'Virtual sessions that the broker may place here at one time; -1 for no limit.',
  },
  max_concurrent_sessions_per_user: {
    ...limit,
    default: 1,
    describes: 'Virtual sessions of one user that the broker may place here at one time; -1 for no limit.',
  },
  broker_update_interval: {
    ...time,
    default: 30,
    describes: 'Seconds between reports to the broker. Changes of sessions are reported at once in any case.',
  },
  enable_query_logged_in_users: {
    ...yesOrNo,
    default: true,
    describes: 'Windows: ask the system who is logged in. With `false` the users are reported as `unknown`.',
  },
  preferred_network_interface: {
    schema: text,
    expects: 'the name of a network interface',
    describes:
      'Interface whose address is the address of this host; upper and lower case count except on Windows. Unset or not found: the first interface that is not the loopback.',
  },
  dcv_root: {
    ...path,
    default: { linux: '/usr/bin/dcv', windows: 'C:\\Program Files\\NICE\\DCV\\Server\\bin\\dcv.exe' },
    describes: 'Path of the `dcv` command.',
  },
  data_folder: {
    ...path,
    ours: true,
    default: { linux: '/var/lib/dcv-session-manager-agent', windows: programData },
    describes: "The agent's own files: its identity and the files of sessions.",
  },
  dcv_timeout: {
    ...time,
    ours: true,
    default: 15,
    describes: 'Seconds that one `dcv` command may take, other than creating a session.',
  },
  create_timeout: {
    ...time,
    ours: true,
    default: 120,
    describes: 'Seconds that `dcv create-session` may take before it is stopped.',
  },
  max_concurrent_creations: {
    schema: z.int().min(1).max(64),
    expects: 'a whole number from 1 to 64',
    ours: true,
    default: 4,
    describes: 'Sessions that are created at one time; further ones wait.',
  },
  default_init: {
    ...path,
    ours: true,
    describes:
      'Linux: script that starts the desktop of a session that has an `AutorunFile` but no `InitFile`. Default: the first that exists of `/etc/dcv/dcvsessioninit`, `/etc/X11/Xsession`, `/etc/X11/xinit/Xsession`, `/etc/X11/xinit/Xclients`.',
  },
} as const satisfies Record<string, ConfigKey>;

/** Section `[log]`. */
export const logKeys = {
  level: {
    schema: z.enum(['error', 'warning', 'warn', 'info', 'debug']),
    default: 'info',
    expects: 'error, warning, info or debug',
    describes: 'The least important lines that are still written.',
  },
  directory: {
    ...path,
    default: { linux: '/var/log/dcv-session-manager-agent', windows: `${programData}\\log` },
    describes: 'Folder of `agent.log`. If it cannot be written, lines go to the standard error.',
  },
  rotation: {
    schema: z.enum(['hourly', 'daily']),
    default: 'daily',
    expects: 'hourly or daily',
    describes: 'How often a new log file is begun.',
  },
  'max-file-size': {
    schema: z.int().min(1024).max(1_099_511_627_776),
    default: 10_485_760,
    expects: 'whole bytes from 1024',
    describes: 'Bytes at which a new log file is begun before its time.',
  },
  rotate: {
    schema: z.int().min(1).max(10_000),
    default: 9,
    expects: 'a whole number from 1 to 10000',
    describes: 'Old log files that are kept; the oldest is deleted.',
  },
} as const satisfies Record<string, ConfigKey>;

export const sections = { agent: agentKeys, log: logKeys } as const;

type Value<Key extends ConfigKey> =
  | z.output<Key['schema']>
  | (Key extends { readonly default: unknown } | { readonly required: true } ? never : undefined);

/** The values of a section after defaults. */
export type SectionValues<Table extends Record<string, ConfigKey>> = {
  readonly [Name in keyof Table]: Value<Table[Name]>;
};
export type AgentValues = SectionValues<typeof agentKeys>;
export type LogValues = SectionValues<typeof logKeys>;
