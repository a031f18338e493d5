import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { createClient, type DcvsmClient } from '@dcvsm/client';
import { fetchTrusting } from '@dcvsm/client/node';
import { keepTrackOf } from './child.js';
import { temporaryFolder } from './temporary-folder.js';

const require = createRequire(import.meta.url);
/** Folder of the broker; its built program is what is measured. */
export const BROKER_FOLDER = dirname(require.resolve('@dcvsm/broker/package.json'));
const PROGRAM = join(BROKER_FOLDER, 'dist', 'main.js');

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 30_000;

export interface BrokerProcessOptions {
  /** Where to leave a CPU profile of the broker; null: none is taken. */
  readonly profileFolder: string | null;
}

interface Ready {
  readonly clientPort: number;
  readonly agentPort: number;
  readonly caFile: string;
}

/** The built broker in a process and a working path of its own, with TLS, authorization and the SQLite store. */
export class BrokerProcess {
  private constructor(
    readonly pid: number,
    /** Also a place for a benchmark's own files; removed at the end. */
    readonly folder: string,
    readonly clientPort: number,
    readonly agentPort: number,
    /** PEM. */
    readonly ca: string,
    /** What the broker itself serves with, for servers it is compared with. */
    readonly tls: { readonly key: string; readonly cert: string },
    readonly token: string,
    readonly client: DcvsmClient,
    readonly stop: () => Promise<void>,
  ) {}

  static async start(options: BrokerProcessOptions): Promise<BrokerProcess> {
    const folder = temporaryFolder();
    const configFile = join(folder, 'broker.properties');
    await writeFile(configFile, properties(folder), { mode: 0o600 });
    const logFile = join(folder, 'broker.log');
    const child = await spawnBroker(configFile, logFile, options.profileFolder);
    const { clientPort, agentPort, caFile } = await readyLine(child, logFile);
    const ca = await readFile(caFile, 'utf8');
    const security = dirname(caFile);
    const key = await readFile(join(security, 'dcvsmbroker_server.key'), 'utf8');
    const cert = await readFile(join(security, 'dcvsmbroker_server.pem'), 'utf8');
    const credentials = await registerApiClient(configFile);
    const { fetch, close } = fetchTrusting(ca);
    const url = `https://127.0.0.1:${clientPort}`;
    const token = await accessToken(fetch, url, credentials);
    const client = createClient({ url, credentials, fetch });
    const stop = async (): Promise<void> => {
      await close();
      await stopChild(child);
      await rm(folder, { recursive: true, force: true });
    };
    const tls = { key, cert };
    return new BrokerProcess(child.pid ?? 0, folder, clientPort, agentPort, ca, tls, token, client, stop);
  }
}

/** Defaults everywhere else: that is what people run. */
function properties(folder: string): string {
  return [
    `session-manager-working-path = ${join(folder, 'work')}`,
    'client-to-broker-connector-https-port = 0',
    'client-to-broker-connector-bind-host = 127.0.0.1',
    'agent-to-broker-connector-https-port = 0',
    'agent-to-broker-connector-bind-host = 127.0.0.1',
    // The load comes from one address.
    'max-api-requests-per-second = 1000000',
    'enable-authorization = true',
    'enable-authorization-server = true',
    // Thousands of hosts that join in a minute would meet the limit of registrations; a token is looked at once a link.
    'enable-agent-authorization = false',
    '',
  ].join('\n');
}

async function spawnBroker(
  configFile: string,
  logFile: string,
  profileFolder: string | null,
): Promise<ChildProcess> {
  const profiling = profileFolder === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`];
  const log = await open(logFile, 'a');
  try {
    const child = spawn(process.execPath, [...profiling, PROGRAM, 'serve', '--config', configFile], {
      stdio: ['ignore', log.fd, 'inherit'],
    });
    keepTrackOf(child);
    return child;
  } finally {
    await log.close();
  }
}

async function readyLine(child: ChildProcess, logFile: string): Promise<Ready> {
  const deadlineMs = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadlineMs) {
    if (child.exitCode !== null)
      throw new Error(`the broker ended with ${child.exitCode} instead of starting`);
    const lines = (await readFile(logFile, 'utf8'))
      .split('\n')
      .filter((line) => line.includes('broker is ready'));
    if (lines[0] !== undefined) return JSON.parse(lines[0]) as Ready;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the broker was not ready after ${START_TIMEOUT_MS} ms`);
}

interface Credentials {
  readonly clientId: string;
  readonly clientPassword: string;
}

async function registerApiClient(configFile: string): Promise<Credentials> {
  const command = [PROGRAM, 'register-api-client', '--client-name', 'bench', '--config', configFile];
  const { stdout } = await promisify(execFile)(process.execPath, command);
  const clientId = /client-id: (\S+)/.exec(stdout)?.[1];
  const clientPassword = /client-password: (\S+)/.exec(stdout)?.[1];
  if (clientId === undefined || clientPassword === undefined) throw new Error(`no credentials in: ${stdout}`);
  return { clientId, clientPassword };
}

async function accessToken(
  fetch: typeof globalThis.fetch,
  url: string,
  { clientId, clientPassword }: Credentials,
): Promise<string> {
  const basic = Buffer.from(`${clientId}:${clientPassword}`).toString('base64');
  const answer = await fetch(`${url}/oauth2/token?grant_type=client_credentials`, {
    method: 'POST',
    headers: { Authorization: `Basic ${basic}` },
  });
  if (!answer.ok) throw new Error(`no access token: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** Politely, so that a profile is written; then not. */
async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill('SIGTERM');
  });
}
