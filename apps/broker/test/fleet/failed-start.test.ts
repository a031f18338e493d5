import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestFleet } from './start-fleet.js';

it('leaves no port and no file taken when it fails half-way', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port: takenPort } = taken.address() as AddressInfo;
  const workingPath = await mkdtemp(join(tmpdir(), 'dcvsm-failed-start-'));
  const gateway = [
    'enable-gateway = true',
    `gateway-to-broker-connector-https-port = ${takenPort}`,
    'gateway-to-broker-connector-bind-host = 127.0.0.1',
  ];
  await expect(TestFleet.start({ workingPath, properties: gateway })).rejects.toThrow(`EADDRINUSE`);

  taken.close();
  const again = await TestFleet.start({ workingPath, properties: gateway });
  expect(again.broker.gatewayPort).toBe(takenPort);
  await again.stop();
  await rm(workingPath, { recursive: true, force: true });
});
