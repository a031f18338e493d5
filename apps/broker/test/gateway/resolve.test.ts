import { hostSession } from '@dcvsm/testkit';
import { TestFleet } from '../fleet/start-fleet.js';
import { auditOf } from './audit-of.js';
import { GatewayFleet } from './played-gateway.js';

const NOT_FOUND = {
  status: 404,
  type: 'application/json',
  body: { error: 'The requested combination of transport and sessionId does not exist' },
};

/** A DCV server whose two transports have ports of their own. */
const endpoints = [
  { ipAddress: '10.0.0.5', port: 8443, protocol: 'HTTP' as const, webUrlPath: '/desk' },
  { ipAddress: '10.0.0.5', port: 9443, protocol: 'QUIC' as const },
];

it('tells a gateway where a session is, for each transport in exactly the documented fields', async () => {
  await using started = await GatewayFleet.start();
  const { fleet, gateway } = started;
  await fleet.agent('s1', { endpoints, dnsName: 'desk-5.internal' });
  const { Id: id } = await fleet.create();
  expect(await fleet.describe(id)).toMatchObject({ State: 'READY' });
  expect(await gateway.resolve(id)).toEqual({
    status: 200,
    type: 'application/json',
    body: {
      SessionId: id,
      TransportProtocol: 'HTTP',
      DcvServerEndpoint: 'desk-5.internal',
      Port: 8443,
      WebUrlPath: '/desk',
    },
  });
  expect((await gateway.resolve(id, 'QUIC')).body).toEqual({
    SessionId: id,
    TransportProtocol: 'QUIC',
    DcvServerEndpoint: 'desk-5.internal',
    Port: 9443,
    WebUrlPath: '/desk',
  });
});

it('does not find what is unknown, has no such transport, is not there yet, or is gone', async () => {
  await using started = await GatewayFleet.start();
  const { fleet, gateway } = started;
  const agent = await fleet.agent('s1', { endpoints: endpoints.slice(0, 1) });
  expect(await gateway.resolve('nowhere')).toEqual(NOT_FOUND);
  agent.react = () => 'silence';
  const { Id: creating } = await fleet.create();
  await agent.command('create-session', creating);
  expect(await gateway.resolve(creating)).toEqual(NOT_FOUND);
  agent.react = (message) => agent.obey(message);
  const { Id: id } = await fleet.create();
  await fleet.describe(id);
  expect(await gateway.resolve(id)).toMatchObject({ status: 200 });
  expect(await gateway.resolve(id, 'QUIC')).toEqual(NOT_FOUND);
  await fleet.delete(id);
  await fleet.rest();
  expect(await gateway.resolve(id)).toEqual(NOT_FOUND);
});

it('still finds a session while its agent is away, and on another host once it moved there', async () => {
  await using started = await GatewayFleet.start();
  const { fleet, gateway } = started;
  const first = await fleet.agent('s1', { dnsName: 'first' });
  const { Id: id } = await fleet.create();
  await fleet.describe(id);
  await fleet.cut(first);
  await fleet.advance(40_000);
  expect(await fleet.describe(id)).toMatchObject({ State: 'UNKNOWN' });
  expect(await gateway.resolve(id)).toMatchObject({ status: 200, body: { DcvServerEndpoint: 'first' } });
  const second = fleet.newAgent('s2', { dnsName: 'second' });
  second.sessions.set(id, hostSession(id));
  await second.connect();
  expect(await gateway.resolve(id)).toMatchObject({ status: 200, body: { DcvServerEndpoint: 'second' } });
});

it('finds a session made on its host, unless several hosts have one of that id', async () => {
  await using started = await GatewayFleet.start();
  const { fleet, gateway } = started;
  const [first, second] = [fleet.newAgent('s1', { dnsName: 'first' }), fleet.newAgent('s2')];
  for (const agent of [first, second]) agent.sessions.set('console', hostSession('console'));
  await first.connect();
  expect(await gateway.resolve('console')).toMatchObject({ body: { DcvServerEndpoint: 'first' } });
  await second.connect();
  expect(await gateway.resolve('console')).toEqual(NOT_FOUND);
  const [, refused] = await auditOf(fleet, 'gateway.resolve');
  expect(refused).toMatchObject({ reason: '2 hosts have a session of this id' });
});

it.each([
  ['POST', '/resolveSession', 400, 'Missing sessionId parameter'],
  [
    'POST',
    '/resolveSession?sessionId=a&transport=WebSocket',
    400,
    'Invalid transport parameter: "WebSocket"',
  ],
  ['POST', '/resolveSession?sessionId=a&transport=HTTP&clientIpAddress=x', 400, 'Invalid clientIpAddress'],
  ['GET', '/resolveSession?sessionId=a&transport=HTTP', 405, 'GET is not allowed here; use POST'],
  ['POST', '/describeSessions', 404, 'there is no POST /describeSessions'],
])('answers %s %s with %i', async (method, target, status, words) => {
  await using started = await GatewayFleet.start();
  const answer = await started.gateway.send(method, target);
  expect(answer).toMatchObject({ status, type: 'application/json' });
  expect((answer.body as { error: string }).error).toContain(words);
});

it('answers health checks, without an entry in the audit log', async () => {
  await using started = await GatewayFleet.start();
  expect(await started.gateway.send('GET', '/health')).toMatchObject({ status: 200 });
  expect(await auditOf(started.fleet, 'gateway.resolve')).toEqual([]);
});

it('records who asked for which session and for whom, found or not', async () => {
  await using started = await GatewayFleet.start();
  const { fleet, gateway } = started;
  const agent = fleet.newAgent('s1');
  agent.sessions.set('console', hostSession('console'));
  await agent.connect();
  await gateway.resolve('console', 'HTTP', '2001:DB8::7');
  await gateway.resolve('x'.repeat(300), 'QUIC');
  await gateway.send('POST', '/resolveSession?sessionId=console');
  const common = { actor: { kind: 'gateway', id: null }, address: '127.0.0.1' };
  expect(await auditOf(fleet, 'gateway.resolve')).toMatchObject([
    { ...common, outcome: 'success', objects: ['console', 'HTTP', '2001:db8::7'] },
    {
      ...common,
      outcome: 'refused',
      objects: [`${'x'.repeat(256)}…`, 'QUIC', '198.51.100.7'],
      reason: 'no session has this id',
    },
    { ...common, outcome: 'refused', objects: [], reason: expect.stringContaining('transport') as string },
  ]);
});

it('serves no gateway unless it is told to', async () => {
  await using fleet = await TestFleet.start();
  expect(fleet.broker.gatewayPort).toBeNull();
});
