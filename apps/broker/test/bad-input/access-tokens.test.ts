import { generateKeyPairSync, sign } from 'node:crypto';
import { registerApiClient, unregisterApiClient } from '../../src/admin/api-client-commands.js';
import { TestFleet } from '../fleet/start-fleet.js';
import { AttackedBroker, expectRefusal } from './attacked-broker.js';

/** What can be done without the broker's key; the unit tests of access tokens do what takes it. */
let broker: AttackedBroker;
let header: string;
let payload: string;
let signature: Buffer;
beforeAll(async () => {
  broker = await AttackedBroker.start();
  const [first = '', second = '', third = ''] = broker.token.split('.');
  [header, payload, signature] = [first, second, Buffer.from(third, 'base64url')];
});
afterEach(() => broker.expectUnharmed());
afterAll(() => broker[Symbol.asyncDispose]());

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

async function expectUnauthorized(token: string): Promise<void> {
  const answer = await broker.send('/describeSessions', { headers: { authorization: `Bearer ${token}` } });
  const words = expectRefusal(answer, token);
  expect({ token, status: answer.status }).toEqual({ token, status: 401 });
  if (token.length > 20) expect(words).not.toContain(token.slice(0, 20));
}

/** The same signature as a list of two ASN.1 integers, as other libraries write it. */
function toDer(raw: Buffer): Buffer {
  const integer = (bytes: Buffer): Buffer => {
    const positive = bytes[0]! > 0x7f ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
    return Buffer.concat([Buffer.of(2, positive.length), positive]);
  };
  const both = Buffer.concat([integer(raw.subarray(0, 32)), integer(raw.subarray(32))]);
  return Buffer.concat([Buffer.of(0x30, both.length), both]);
}

it('the token itself is good', async () => {
  expect((await broker.send('/describeSessions')).status).toBe(200);
});

it('every changed bit of the signature is noticed', async () => {
  for (let byte = 0; byte < signature.length; byte += 1) {
    const changed = Buffer.from(signature);
    changed[byte]! ^= 1 << (byte % 8);
    await expectUnauthorized(`${header}.${payload}.${changed.toString('base64url')}`);
  }
});

it.each<[string, (parts: { header: string; payload: string; signature: Buffer }) => string]>([
  ['no signature', (parts) => `${parts.header}.${parts.payload}.`],
  ['only two parts', (parts) => `${parts.header}.${parts.payload}`],
  ['four parts', (parts) => `${parts.header}.${parts.payload}.${parts.signature.toString('base64url')}.x`],
  ['alg none', (parts) => `${encode({ alg: 'none' })}.${parts.payload}.`],
  [
    'alg None with the signature',
    (parts) => `${encode({ alg: 'None' })}.${parts.payload}.${parts.signature.toString('base64url')}`,
  ],
  [
    'alg HS256 with the signature',
    (parts) => `${encode({ alg: 'HS256' })}.${parts.payload}.${parts.signature.toString('base64url')}`,
  ],
  [
    'the signature as DER',
    (parts) => `${parts.header}.${parts.payload}.${toDer(parts.signature).toString('base64url')}`,
  ],
  [
    'a signature of zeros',
    (parts) => `${parts.header}.${parts.payload}.${Buffer.alloc(64).toString('base64url')}`,
  ],
  [
    'a cut signature',
    (parts) => `${parts.header}.${parts.payload}.${parts.signature.subarray(0, 63).toString('base64url')}`,
  ],
  [
    'other claims',
    (parts) =>
      `${parts.header}.${encode({ client_id: 'admin', exp: 9e9 })}.${parts.signature.toString('base64url')}`,
  ],
  [
    'another header',
    (parts) =>
      `${encode({ alg: 'ES256', kid: '../../dev/null' })}.${parts.payload}.${parts.signature.toString('base64url')}`,
  ],
  [
    'a token in a token',
    (parts) => `${parts.header}.${encode(parts.header)}.${parts.signature.toString('base64url')}`,
  ],
  ['parts that are no JSON', () => 'e30x.bm90IGpzb24.AAAA'],
  ['a header of another type', () => `${encode([])}.${encode('x')}.AAAA`],
  ['a huge token', (parts) => `${parts.header}.${'a'.repeat(9000)}.x`],
  ['dots', () => '..'],
])('%s: 401', (_, attack) => expectUnauthorized(attack({ header, payload, signature })));

it("another broker's token is none of ours, with our claims or its own", async () => {
  await using other = await TestFleet.start({ properties: ['store = memory'] });
  await expectUnauthorized(await other.token());
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const forged = sign('sha256', Buffer.from(`${header}.${payload}`), {
    key: privateKey,
    dsaEncoding: 'ieee-p1363',
  });
  await expectUnauthorized(`${header}.${payload}.${forged.toString('base64url')}`);
});

it('a connection token is no access token', async () => {
  const { Id } = await broker.fleet.create();
  await broker.fleet.agents[0]!.command('create-session', Id);
  await broker.fleet.broker.fleet.settle();
  const data = await broker.fleet.client.GetSessionConnectionData({ sessionId: Id, user: 'alice' });
  await expectUnauthorized(data.ConnectionToken);
  await broker.fleet.client.deleteSessions([{ SessionId: Id, Owner: 'alice' }]);
});

it('the token of an unregistered client is refused from that moment on, though it was verified before', async () => {
  const { adminSocket } = broker.fleet.broker;
  const output = await registerApiClient(adminSocket, 'short-lived');
  const [, id = '', password = ''] = /client-id: (\S+)\n client-password: (\S+)/.exec(output) ?? [];
  const basic = Buffer.from(`${id}:${password}`).toString('base64');
  const issued = await broker.send('/oauth2/token?grant_type=client_credentials', {
    headers: { authorization: `Basic ${basic}` },
  });
  const { access_token: token } = JSON.parse(issued.text) as { access_token: string };
  const headers = { authorization: `Bearer ${token}` };
  expect((await broker.send('/describeSessions', { headers })).status).toBe(200);
  await unregisterApiClient(adminSocket, id);
  await expectUnauthorized(token);
});
