import { AttackedBroker, expectRefusal, parseRaw } from './attacked-broker.js';

let broker: AttackedBroker;
beforeAll(async () => {
  broker = await AttackedBroker.start();
});
afterEach(() => broker.expectUnharmed());
afterAll(() => broker[Symbol.asyncDispose]());

/** A whole request; `headers` are lines without their ends. */
function request(line: string, headers: readonly string[] = [], body = ''): string {
  return [line, 'Host: broker', ...headers, '', body].join('\r\n');
}

const DESCRIBE = 'POST /describeSessions HTTP/1.1';

it.each<[string, number, string]>([
  ['64 KiB in one header', 431, request(DESCRIBE, [`X-Long: ${'a'.repeat(65_536)}`])],
  [
    '2,000 headers',
    431,
    request(
      DESCRIBE,
      Array.from({ length: 2000 }, (_, index) => `X-${index}: value`),
    ),
  ],
  ['a 64 KiB path', 431, request(`POST /${'a'.repeat(65_536)} HTTP/1.1`)],
  [
    'both lengths',
    400,
    request(DESCRIBE, ['Content-Length: 2', 'Transfer-Encoding: chunked'], '2\r\n{}\r\n0\r\n\r\n'),
  ],
  [
    'both lengths, the other way',
    400,
    request(DESCRIBE, ['Transfer-Encoding: chunked', 'Content-Length: 2'], '2\r\n{}\r\n0\r\n\r\n'),
  ],
  ['two different lengths', 400, request(DESCRIBE, ['Content-Length: 2', 'Content-Length: 3'], '{}')],
  ['a negative length', 400, request(DESCRIBE, ['Content-Length: -2'], '{}')],
  ['a length that is no number', 400, request(DESCRIBE, ['Content-Length: 0x2'], '{}')],
  ['an unknown transfer encoding', 400, request(DESCRIBE, ['Transfer-Encoding: cow'], '{}')],
  ['chunked in the wrong place', 400, request(DESCRIBE, ['Transfer-Encoding: chunked, gzip'], '{}')],
  ['a broken chunk size', 400, request(DESCRIBE, ['Transfer-Encoding: chunked'], 'zz\r\n{}\r\n0\r\n\r\n')],
  [
    'an endless chunk size',
    400,
    request(DESCRIBE, ['Transfer-Encoding: chunked'], `${'f'.repeat(32)}\r\n{}`),
  ],
  ['a folded header', 400, request(DESCRIBE, ['X-Folded: a', ' b'])],
  ['a header without a colon', 400, request(DESCRIBE, ['X-None'])],
  ['a blank before the colon', 400, request(DESCRIBE, ['X-Blank : a'])],
  ['a header name with a line break in it', 400, request(DESCRIBE, ['X-\rA: a'])],
  ['a NUL in a header', 400, request(DESCRIBE, ['X-A: a\0b'])],
  ['a bare line feed in the request line', 400, `POST /describeSessions HTTP/1.1\nHost: broker\r\n\r\n`],
  ['no Host', 400, 'POST /describeSessions HTTP/1.1\r\nConnection: close\r\n\r\n'],
  ['HTTP/2 without being asked', 400, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['HTTP/0.9', 400, 'GET /health\r\n\r\n'],
  ['an unknown version', 400, request('GET /health HTTP/9.9')],
  ['an unknown method', 400, request('FROB /describeSessions HTTP/1.1')],
  ['a path with a raw control character', 400, request('GET /sessionConnectionData/\u009b31m/x HTTP/1.1')],
  ['a path with a blank', 400, request('GET /sessionConnectionData/a b/x HTTP/1.1')],
  ['an unknown expectation', 417, request(DESCRIBE, ['Expect: wonders', 'Content-Length: 0'])],
  ['CONNECT', 405, request('CONNECT internal:443 HTTP/1.1')],
  ['TRACE', 405, request('TRACE /describeSessions HTTP/1.1', ['Connection: close'])],
  ['TRACE of an unknown path', 404, request('TRACE / HTTP/1.1', ['Connection: close'])],
  ['OPTIONS *', 400, request('OPTIONS * HTTP/1.1', ['Connection: close'])],
  ['another scheme', 400, request('GET ftp://broker/health HTTP/1.1', ['Connection: close'])],
  ['random bytes', 400, '\u0000\u0001\u00ff\u00fe\r\n\r\n'],
  ['TLS inside TLS', 400, '\u0016\u0003\u0001\u0002\u0000\u0001\r\n\r\n'],
])('%s: %i', async (name, status, bytes) => {
  const answer = parseRaw(await broker.raw(bytes));
  expectRefusal(answer, name);
  expect(answer.status).toBe(status);
});

it('tells nobody what a TRACE would', async () => {
  const answer = await broker.raw(
    request('TRACE /describeSessions HTTP/1.1', ['X-Secret: s3cret', 'Connection: close']),
  );
  expect(answer).not.toContain('s3cret');
});

it.each<[string, number]>([
  ['//describeSessions', 404],
  ['/describeSessions%2f', 404],
  ['/%64escribeSessions', 404],
  ['/describesessions', 404],
  ['/./describeSessions', 404],
  ['/x/../describeSessions', 404],
  ['/describeSessions;x=1', 404],
  ['/describeSessions/', 401],
  ['/describeSessions?x=1', 401],
  ['https://elsewhere/describeSessions', 401],
  ['http://elsewhere:99999/describeSessions', 401],
  ['https://user:password@elsewhere/describeSessions', 401],
  ['http://[/describeSessions', 401],
])('the target %s never gets past authorization: %i', async (target, status) => {
  const answer = parseRaw(await broker.raw(request(`POST ${target} HTTP/1.1`, ['Connection: close'])));
  expectRefusal(answer, target);
  expect(answer.status).toBe(status);
});

it.each([
  '/sessionConnectionData/%2f/%2F',
  '/sessionConnectionData/%2e%2e/x',
  '/sessionConnectionData/%00/x',
])('escapes in %s are values, not paths', async (target) => {
  const headers = [`Authorization: Bearer ${broker.token}`, 'Connection: close'];
  const answer = parseRaw(await broker.raw(request(`GET ${target} HTTP/1.1`, headers)));
  expect(expectRefusal(answer, target)).toMatch(/not found|sessionId/);
  expect(answer.status).toBe(400);
});

it.each(['%', '%zz', '%c3%28', '%ed%a0%80'])('the broken escape %s is named', async (segment) => {
  const target = `/sessionConnectionData/${segment}/x`;
  const answer = parseRaw(await broker.raw(request(`GET ${target} HTTP/1.1`, ['Connection: close'])));
  expect(expectRefusal(answer, target)).toBe('the path is not properly percent-encoded');
});

it('a second request smuggled behind the first is just a second request', async () => {
  const inner = request('GET /health HTTP/1.1', ['Connection: close']);
  const answer = await broker.raw(request(DESCRIBE, ['Content-Length: 0']) + inner);
  expect(answer.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 401', 'HTTP/1.1 200']);
});

it('an upgrade that nobody offers is an ordinary request', async () => {
  const answer = parseRaw(
    await broker.raw(request(DESCRIBE, ['Upgrade: websocket', 'Connection: Upgrade, close'])),
  );
  expect(answer).toMatchObject({ status: 401, text: '{"error":"No authorization header"}' });
});

it.each([
  'not-a-token',
  'Bearer a\tb',
  'Bearer \u00e9',
  `Bearer ${'a'.repeat(9000)}`,
  'Bearer ..',
  'Bearer null',
  'Basic',
])('the authorization header %s is refused', async (header) => {
  const headers = [`Authorization: ${header}`, 'Connection: close'];
  const answer = parseRaw(await broker.raw(request(DESCRIBE, headers)));
  expectRefusal(answer, header);
  expect(answer.status).toBe(401);
});
