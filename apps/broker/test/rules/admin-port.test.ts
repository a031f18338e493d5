import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog, systemIds } from '@dcvsm/runtime';
import express from 'express';
import { AdminError, callAdmin } from '../../src/admin/admin-client.js';
import { adminSecretFile } from '../../src/admin/admin-secret.js';
import { startAdminServer } from '../../src/admin/admin-server.js';
import { TestFleet } from '../fleet/start-fleet.js';

async function startWithPort(): Promise<{ fleet: TestFleet; port: number; secret: string }> {
  const fleet = await TestFleet.start({ properties: ['store = memory', 'cli-to-broker-port = 0'] });
  const secret = await readFile(adminSecretFile(fleet.workingPath), 'utf8');
  return { fleet, port: fleet.broker.adminPort!, secret };
}

it('the port on loopback serves who shows the secret of the running broker', async () => {
  const { fleet, port, secret } = await startWithPort();
  await using _ = fleet;
  await expect(callAdmin({ port, secret }, 'GET', '/api-clients')).resolves.toHaveLength(1);
  expect((await stat(adminSecretFile(fleet.workingPath))).mode & 0o777).toBe(0o600);
});

it.each(['', 'guess', 'x'.repeat(10_000)])('the port refuses another secret: %.10j', async (wrong) => {
  const { fleet, port, secret } = await startWithPort();
  await using _ = fleet;
  for (const guess of [wrong, `${secret}${wrong}x`]) {
    await expect(callAdmin({ port, secret: guess }, 'GET', '/api-clients')).rejects.toThrow(
      new AdminError('the secret of the running broker is needed; run the command as root or as its user'),
    );
  }
  const bare = await fetch(`http://127.0.0.1:${port}/api-clients`);
  expect(bare.status).toBe(401);
});

it('the secret of an earlier run is worth nothing, and none is left when the broker has stopped', async () => {
  const first = await startWithPort();
  await first.fleet.stop();
  await expect(stat(adminSecretFile(first.fleet.workingPath))).rejects.toThrow('ENOENT');
  const properties = ['store = memory', 'cli-to-broker-port = 0'];
  await using fleet = await TestFleet.start({ properties, workingPath: first.fleet.workingPath });
  const port = fleet.broker.adminPort!;
  await expect(callAdmin({ port, secret: first.secret }, 'GET', '/api-clients')).rejects.toThrow(
    'the secret of the running broker is needed',
  );
});

it('opens no port unless the configuration names one', async () => {
  await using fleet = await TestFleet.start({ properties: ['store = memory'] });
  expect(fleet.broker.adminPort).toBeNull();
  await expect(stat(adminSecretFile(fleet.workingPath))).rejects.toThrow('ENOENT');
});

it('does not start on a port that another program has, and says what to do', async () => {
  const { fleet, port } = await startWithPort();
  await using _ = fleet;
  const workingPath = await mkdtemp(join(tmpdir(), 'dcvsm-admin-'));
  await using _folder = { [Symbol.asyncDispose]: () => rm(workingPath, { recursive: true }) };
  const parts = { app: express(), ids: systemIds(), log: silentLog(), audit: () => undefined };
  await expect(startAdminServer({ ...parts, workingPath, port })).rejects.toThrow(
    `another program listens on cli-to-broker-port ${port}; choose another port`,
  );
});
