import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentFindings } from './agents.js';
import { clockFindings } from './clock.js';
import { configurationFindings } from './configuration.js';
import { diskFindings, freeBytes } from './disk.js';
import { fileFindings } from './files.js';
import type { Finding } from './finding.js';
import { nodeFindings } from './node-version.js';
import { freePortFindings, runningPortFindings } from './ports.js';

function levels(findings: readonly Finding[]): string[] {
  return findings.map(({ level }) => level);
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dcvsm-doctor-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('node', () => {
  it.each([
    ['18.20.0', 'fail'],
    ['20.18.0', 'fail'],
    ['20.18.1', 'ok'],
    ['20.19.0', 'ok'],
    ['24.3.0', 'ok'],
    ['25.0.0', 'warn'],
  ])('judges Node %s: %s', (version, level) => {
    expect(levels(nodeFindings(version))).toEqual([level]);
  });
});

describe('clock', () => {
  const good = Date.UTC(2026, 5, 1);

  it.each([
    [0, 'yes', 'fail'],
    [Date.UTC(2150, 0, 1), 'yes', 'fail'],
    [good, 'no', 'warn'],
    [good, 'yes', 'ok'],
    [good, 'unknown', 'ok'],
  ] as const)('judges %d, kept by a time server: %s', (nowMs, sync, level) => {
    expect(levels(clockFindings(nowMs, sync))).toEqual([level]);
  });
});

describe('configuration', () => {
  it('passes on each problem with its place and remedy', () => {
    const problem = {
      file: 'a.properties',
      line: 3,
      key: 'store',
      problem: 'is wrong',
      remedy: 'use sqlite',
    };
    expect(configurationFindings('a.properties', { kind: 'problems', problems: [problem] })).toEqual([
      { level: 'fail', message: 'a.properties:3: store is wrong', remedy: 'use sqlite' },
    ]);
  });
});

describe('disk', () => {
  it.each([
    [50, 'fail'],
    [500, 'warn'],
    [5000, 'ok'],
  ])('judges %d MB', (megabytes, level) => {
    expect(levels(diskFindings('/state', megabytes * 1_048_576))).toEqual([level]);
  });

  it('looks at the folder above one that is not there yet', async () => {
    expect(await freeBytes(join(folder, 'not', 'there'))).toBeGreaterThan(0);
  });
});

describe('files', () => {
  it('is content with a folder that is not there yet, and with private files', async () => {
    expect(levels(await fileFindings(join(folder, 'state')))).toEqual(['ok']);
    await writeFile(join(folder, 'broker.db'), '', { mode: 0o600 });
    expect(levels(await fileFindings(folder))).toEqual(['ok']);
  });

  it('names a file that others can read, with the command that mends it', async () => {
    await mkdir(join(folder, 'security'), { mode: 0o700 });
    const key = join(folder, 'security', 'dcvsmbroker_ca.key');
    await writeFile(key, '');
    await chmod(key, 0o644);
    expect(await fileFindings(folder)).toEqual([
      {
        level: 'fail',
        message: `${key} has mode 644, so other users get at it`,
        remedy: `run: chmod 600 ${key}`,
      },
    ]);
  });

  it('warns of a folder that others can look into', async () => {
    await chmod(folder, 0o755);
    expect(levels(await fileFindings(folder))).toEqual(['warn']);
  });
});

describe('agents', () => {
  const host = { id: 's1', hostname: 'host-1', ip: '10.0.0.1', unreachableSeconds: null, dcvProblem: null };

  it('is content when all are linked', () => {
    expect(levels(agentFindings({ servers: 2, inTrouble: [], storeProblem: null }))).toEqual(['ok']);
  });

  it('warns of hosts without a link, and fails for a DCV server that does not answer', () => {
    const away = { ...host, unreachableSeconds: 90 };
    const unhealthy = { ...host, dcvProblem: 'dcv ended with code 1' };
    const findings = agentFindings({ servers: 2, inTrouble: [away, unhealthy], storeProblem: null });
    expect(levels(findings)).toEqual(['warn', 'fail']);
    expect(findings[0]!.message).toBe('host-1 (10.0.0.1) has had no link for 1 minute 30 seconds');
    expect(findings[1]!.message).toContain('dcv ended with code 1');
  });
});

describe('ports', () => {
  let other: Server;
  let port: number;
  beforeEach(async () => {
    other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    port = (other.address() as { port: number }).port;
  });
  afterEach(() => new Promise((resolve) => other.close(resolve)));

  it('names a port that another program has, and one that is free', async () => {
    const wanted = [
      { name: 'client', host: '127.0.0.1', port },
      { name: 'agent', host: '127.0.0.1', port: 0 },
    ];
    const findings = await freePortFindings(wanted);
    expect(levels(findings)).toEqual(['fail', 'ok']);
    expect(findings[0]!.remedy).toContain(`sport = :${port}`);
  });

  it('names an address that this host does not have', async () => {
    const [finding] = await freePortFindings([{ name: 'client', host: '203.0.113.1', port: 0 }]);
    expect(finding).toMatchObject({
      level: 'fail',
      message: expect.stringContaining('no address of this host'),
    });
  });

  it('compares a running broker with the configuration as it is now', () => {
    const status = {
      listeners: [
        { name: 'client', host: '0.0.0.0', port: 8443, certificate: null, problem: null },
        { name: 'agent', host: '0.0.0.0', port: 8445, certificate: null, problem: 'did not answer' },
      ],
    };
    const wanted = [
      { name: 'client', host: '0.0.0.0', port: 9443 },
      { name: 'agent', host: '0.0.0.0', port: 8445 },
    ];
    const findings = runningPortFindings(wanted, status);
    expect(levels(findings)).toEqual(['warn', 'fail']);
    expect(findings[0]!.message).toBe('the client port is 8443, and 9443 in the configuration');
  });
});
