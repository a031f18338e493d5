import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@dcvsm/runtime';
import { genGatewayCertificates } from '../../src/security/certificates/gateway-certificates.js';
import { TestFleet } from '../fleet/start-fleet.js';
import { auditOf } from './audit-of.js';
import { connectionToken, verify, yes } from './dcv-server.js';
import { gatewayPort, gatewayUrl, PlayedGateway } from './played-gateway.js';

const PASSWORD = 'made-up-password';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dcvsm-gateway-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Made by the command that operators use, in a folder of that name. */
async function certificates(name: string): Promise<{ cert: string; key: string; trustStore: string }> {
  const made = join(folder, name);
  const nowMs = systemClock().now();
  await genGatewayCertificates({ folder: made, force: false, nowMs, password: PASSWORD, ownedLike: folder });
  return {
    cert: await readFile(join(made, 'dcv_gateway_cert.pem'), 'utf8'),
    key: await readFile(join(made, 'dcv_gateway_key.pem'), 'utf8'),
    trustStore: join(made, 'TrustStore.p12'),
  };
}

it('lets a gateway with its certificate lead a user to a session, and nobody else ask', async () => {
  const { cert, key, trustStore } = await certificates('gateway');
  const stranger = await certificates('stranger');
  await using fleet = await TestFleet.start({
    properties: [
      ...gatewayPort,
      'enable-tls-client-auth-gateway = true',
      `gateway-to-broker-connector-trust-store-file = ${trustStore}`,
      `gateway-to-broker-connector-trust-store-pass = ${PASSWORD}`,
    ],
  });
  await fleet.agent('s1', { dnsName: 'desk-1.internal' });
  const { Id: id } = await fleet.create();
  await fleet.rest();
  const token = await connectionToken(fleet, id, 'bob');
  const url = gatewayUrl(fleet);
  await using gateway = new PlayedGateway(url, { ca: fleet.ca, cert, key });
  for (const transport of ['HTTP', 'QUIC'] as const) {
    expect(await gateway.resolve(id, transport)).toMatchObject({
      status: 200,
      body: { SessionId: id, TransportProtocol: transport, DcvServerEndpoint: 'desk-1.internal' },
    });
  }
  expect(await gateway.resolve('unknown')).toMatchObject({ status: 404 });
  await using nameless = new PlayedGateway(url, { ca: fleet.ca });
  await using other = new PlayedGateway(url, { ca: fleet.ca, cert: stranger.cert, key: stranger.key });
  for (const refused of [nameless, other]) {
    await expect(refused.resolve(id)).rejects.toThrow();
    await expect(refused.send('GET', '/health')).rejects.toThrow();
  }
  // The gateway passes the token on; the DCV server it leads to asks about it.
  expect(await verify(fleet, id, token)).toBe(yes('bob'));
  const entries = await auditOf(fleet, 'gateway.resolve');
  expect(entries).toHaveLength(3);
  for (const { actor } of entries) expect(actor).toEqual({ kind: 'gateway', id: 'DCV Connection Gateway' });
});
