import { AttackedBroker } from './attacked-broker.js';

let broker: AttackedBroker;
beforeEach(async () => {
  broker = await AttackedBroker.start();
});
afterEach(() => broker[Symbol.asyncDispose]());

const LONGEST_LINE_BYTES = 16_384;

/** Each line is one JSON object with a level and a time, neither long nor with anything a terminal would obey. */
function expectCleanLog(): void {
  expect(broker.log.lines.length).toBeGreaterThan(0);
  for (const line of broker.log.lines) {
    expect(JSON.parse(line)).toMatchObject({
      level: expect.any(Number) as number,
      time: expect.any(Number) as number,
    });
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(LONGEST_LINE_BYTES);
    expect(line).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
  }
}

const HOSTILE = [
  'a\n{"level":60,"msg":"forged"}',
  'a\r\nb',
  '\u001b[31mred\u001b[0m',
  '\u009b31m',
  '\u202eevil\u2066',
  '\u2028\u2029',
  '\0',
  '\ud800',
  'x'.repeat(1_048_576),
];

it('values from callers never break a line, colour a terminal or fill the disk', async () => {
  for (const value of HOSTILE) {
    const entry = {
      Name: value,
      Owner: value,
      Type: value,
      Requirements: value,
      [value.slice(0, 2000)]: value,
    };
    await broker.send('/createSessions', { body: JSON.stringify([entry]) });
    await broker.send('/createSessions', { body: `[${value}` });
    await broker.send('/describeSessions', {
      body: JSON.stringify({ Filters: [{ Key: value, Value: value }] }),
    });
    await broker.send('/describeSessions', { body: JSON.stringify({ NextToken: value }) });
    await broker.send('/deleteSessions', { body: JSON.stringify([{ SessionId: value, Owner: value }]) });
    const segment = encodeURIComponent(value.toWellFormed().slice(0, 2000));
    await broker.send(`/${segment}`, { method: 'GET' });
    await broker.send(`/sessionConnectionData/${segment}/${segment}`, { method: 'GET' });
    await broker.send('/oauth2/token', { body: `grant_type=${segment}` });
  }
  await broker.raw(`GET /${'a'.repeat(15_000)} HTTP/1.1\r\nHost: broker\r\nConnection: close\r\n\r\n`);
  await broker.raw(`GET /x HTTP/1.1\r\nHost: broker\r\nX-Request-Id: a b"\\\r\nConnection: close\r\n\r\n`);
  expectCleanLog();
  expect(broker.log.lines.filter((line) => line.includes('"msg":"forged"'))).toEqual([]);
});

it('no secret and no token is ever logged', async () => {
  const { fleet } = broker;
  const { Id } = await fleet.create({ PermissionsFile: Buffer.from('[permissions]\n').toString('base64') });
  await fleet.agents[0]!.command('create-session', Id);
  await fleet.broker.fleet.settle();
  const { ConnectionToken } = await fleet.client.GetSessionConnectionData({ sessionId: Id, user: 'alice' });
  const verifier = `${fleet.agentUrl}/agent/validate-authentication-token`;
  for (const sessionId of [Id, 'another']) {
    const form = new URLSearchParams({
      sessionId,
      authenticationToken: ConnectionToken,
      clientAddress: '10.0.0.1',
    });
    await fleet.fetch(verifier, { method: 'POST', body: form.toString() });
  }
  const { clientId, clientPassword } = fleet.credentials;
  await broker.send('/oauth2/token', {
    body: `client_id=${clientId}&client_secret=${clientPassword}&grant_type=x`,
  });
  await broker.send('/oauth2/token', {
    headers: { authorization: `Basic ${btoa(`${clientId}:${clientPassword}x`)}` },
  });
  await broker.send(`/nowhere?access_token=${broker.token}`, { method: 'GET' });
  await broker.send('/describeSessions', { headers: { authorization: `Bearer ${broker.token}x` } });
  expectCleanLog();
  const secrets = [clientPassword, broker.token, ConnectionToken, btoa(`${clientId}:${clientPassword}x`)];
  for (const secret of secrets) {
    expect(broker.log.text).not.toContain(secret);
    expect(broker.log.text).not.toContain(secret.slice(-40));
  }
});
