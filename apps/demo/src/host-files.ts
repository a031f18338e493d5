import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface HostOptions {
  /** Folder of this host below the demo's. */
  readonly folder: string;
  readonly agentPort: number;
  readonly caFile: string;
  /** With which the agent registers, if it did not do so before. */
  readonly softwareStatement: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly maxVirtualSessions: number;
  readonly reportIntervalSeconds: number;
}

export interface HostFiles {
  readonly agentConf: string;
  readonly desktopFolder: string;
  readonly initFolder: string;
  readonly autorunFolder: string;
  readonly agentLog: string;
}

/** Autorun program of the demo: shows that something really runs on the session's display. */
const HELLO = `#!/bin/sh
# Opens a window with whatever this machine has; its arguments are shown in a terminal.
if command -v xterm >/dev/null; then
  exec xterm -fn 10x20 -geometry 60x12+40+40 -T hello -e sh -c 'echo "Hello from an autorun program."; for a in "$@"; do echo "  argument: $a"; done; sleep 1000000' hello "$@"
fi
if command -v xclock >/dev/null; then exec xclock -geometry 300x300+40+40; fi
exec sleep 1000000
`;

/** Lays out one host: the agent's configuration, tags and folders, and a home for its DCV server. */
export async function layOutHost(options: HostOptions): Promise<HostFiles> {
  const { folder } = options;
  const files: HostFiles = {
    agentConf: join(folder, 'agent.conf'),
    desktopFolder: join(folder, 'dcv'),
    initFolder: join(folder, 'init'),
    autorunFolder: join(folder, 'autorun'),
    agentLog: join(folder, 'log'),
  };
  const tagsFolder = join(folder, 'tags');
  const folders = [
    files.desktopFolder,
    files.initFolder,
    files.autorunFolder,
    tagsFolder,
    files.agentLog,
    join(folder, 'data'),
  ];
  for (const path of folders) await mkdir(path, { recursive: true, mode: 0o755 });
  const tags = Object.entries(options.tags).map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`);
  await writeFile(join(tagsFolder, 'demo.toml'), tags.join(''));
  await writeFile(join(files.autorunFolder, 'hello.sh'), HELLO, { mode: 0o755 });
  await chmod(join(files.autorunFolder, 'hello.sh'), 0o755);
  await writePrivate(statementFile(folder), options.softwareStatement);
  await writeFile(files.agentConf, agentConf(options, files, tagsFolder));
  return files;
}

function statementFile(folder: string): string {
  return join(folder, 'software-statement');
}

/** Who can read it can register a host. */
async function writePrivate(file: string, text: string): Promise<void> {
  await writeFile(file, text, { mode: 0o600 });
  await chmod(file, 0o600);
}

function agentConf(options: HostOptions, files: HostFiles, tagsFolder: string): string {
  const text = (value: string): string => JSON.stringify(value);
  return [
    `version = "0.1"`,
    `[agent]`,
    `broker_host = "127.0.0.1"`,
    `broker_port = ${options.agentPort}`,
    `ca_file = ${text(options.caFile)}`,
    `tls_strict = true`,
    `software_statement_path = ${text(statementFile(options.folder))}`,
    `init_folder = ${text(files.initFolder)}`,
    `autorun_folder = ${text(files.autorunFolder)}`,
    `tags_folder = ${text(tagsFolder)}`,
    `data_folder = ${text(join(options.folder, 'data'))}`,
    `dcv_root = ${text(join(files.desktopFolder, 'dcv'))}`,
    `max_virtual_sessions = ${options.maxVirtualSessions}`,
    `max_concurrent_sessions_per_user = ${options.maxVirtualSessions}`,
    `broker_update_interval = ${options.reportIntervalSeconds}`,
    `[log]`,
    `level = "info"`,
    `directory = ${text(files.agentLog)}`,
    ``,
  ].join('\n');
}
