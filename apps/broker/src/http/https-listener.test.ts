import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket, type TlsOptions } from 'node:tls';
import { silentLog, systemClock, systemIds } from '@dcvsm/runtime';
import { Happenings, ManualClock } from '@dcvsm/testkit';
import type { Response } from 'express';
import { selfMade } from '../security/certificates/self-made.js';
import { baseApp, endRoutes } from './base-app.js';
import { startHttpsListener, type HttpsListener } from './https-listener.js';
import { respondJson } from './respond.js';

const clock = new ManualClock();
const slowRequests = new Happenings<Response>();
let folder: string;
let tls: TlsOptions;
let ca: string;
let listener: HttpsListener;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dcvsm-listener-'));
  // Real time: the TLS library of the test's client knows no other.
  const nowMs = systemClock().now();
  const made = await selfMade({ workingPath: folder, names: ['127.0.0.1'], nowMs, mayMakeCa: true });
  tls = { key: made.leaf.key, cert: made.leaf.cert };
  ca = await readFile(made.ca.file, 'utf8');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

beforeEach(async () => {
  const app = baseApp(systemIds());
  app.get('/slow', (_request, response) => slowRequests.add(response));
  app.get('/bug', () => {
    throw new TypeError('secret details');
  });
  endRoutes(app, silentLog());
  listener = await startHttpsListener({
    ...{ app, tls, port: 0, bindHost: '127.0.0.1', clock, log: silentLog() },
    connectionsPerAddress: 3,
    throttle: (request) => (request.url === '/too-many' ? 7 : null),
  });
});
afterEach(() => listener.close());

async function open(): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port: listener.port, ca });
  await once(socket, 'secureConnect');
  return socket;
}

/** Everything the listener says until it ends the connection. */
async function conversation(text: string): Promise<string> {
  const socket = await open();
  socket.write(text);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

const get = (target: string): string => `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;

it('answers health checks, as a path and as a whole URL', async () => {
  for (const target of ['/health', 'https://broker:8443/health', 'http://user@broker/health']) {
    expect(await conversation(get(target))).toMatch(/^HTTP\/1.1 200 OK\r\n[^]*{"status":"ok"}$/);
  }
  expect(await conversation('GET /health HTTP/1.0\r\n\r\n')).toContain('200 OK');
});

it.each([
  ['no path', get('*'), '400 Bad Request', 'the request target must be a path'],
  ['no host in the URL', get('http:///health'), '400 Bad Request', 'the request target must be a path'],
  [
    'no Host header',
    'GET /x HTTP/1.1\r\nConnection: close\r\n\r\n',
    '400 Bad Request',
    'the Host header is missing',
  ],
  [
    'CONNECT',
    'CONNECT a:443 HTTP/1.1\r\nHost: x\r\n\r\n',
    '405 Method Not Allowed',
    'CONNECT is not allowed',
  ],
  [
    'an expectation',
    'PUT /x HTTP/1.1\r\nHost: x\r\nExpect: wonders\r\n\r\n',
    '417',
    'Expect must be 100-continue',
  ],
  ['not HTTP', '\u0001\u0002\r\n\r\n', '400 Bad Request', 'the request is not valid HTTP/1.1'],
  [
    'headers that are too large',
    `GET /x HTTP/1.1\r\nA: ${'a'.repeat(65_536)}\r\n\r\n`,
    '431',
    'the headers are too large',
  ],
  [
    'too many headers',
    `GET /x HTTP/1.1\r\nHost: x\r\n${'A: b\r\n'.repeat(100)}\r\n`,
    '431',
    'more than 100 headers',
  ],
  ['an unknown path', get('/x'), '404 Not Found', 'there is no GET /x'],
  ['a path that Express cannot read', get('http://a:99999/x'), '404 Not Found', 'there is no GET /x'],
])('says in JSON what is wrong: %s', async (_, request, status, words) => {
  const answer = await conversation(request);
  expect(answer).toContain(`HTTP/1.1 ${status}`);
  const body = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as { error: string };
  expect(body.error).toContain(words);
});

it('tells nothing of a bug but the request id', async () => {
  const answer = await conversation(get('/bug'));
  expect(answer).toContain('HTTP/1.1 500');
  expect(answer).toContain('{"error":"Internal error","requestId":"');
  expect(answer).not.toContain('secret details');
});

it('closes connections that never asked anything, and lets requests in flight end', async () => {
  const silent = await open();
  const asking = await open();
  const request = slowRequests.next(() => true);
  asking.write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n');
  const response = await request;
  const closed = listener.close();
  silent.resume();
  await once(silent, 'end');
  respondJson(response, 200, { late: true });
  let answer = '';
  for await (const chunk of asking) answer += String(chunk);
  expect(answer).toContain('{"late":true}');
  await closed;
});

it('answers what had arrived on an idle connection when it was told to close', async () => {
  const asking = await open();
  let heard = '';
  const first = new Promise<void>((resolve) => {
    asking.on('data', (chunk) => {
      heard += String(chunk);
      resolve();
    });
  });
  asking.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n');
  await first;
  heard = '';
  const ended = once(asking, 'close');
  asking.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n');
  await listener.close();
  await ended;
  expect(heard).toContain('{"status":"ok"}');
});

it('cuts off what is still in flight after ten seconds', async () => {
  const asking = await open();
  const request = slowRequests.next(() => true);
  asking.write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n');
  await request;
  const closed = listener.close();
  asking.resume();
  await clock.advance(10_000);
  await once(asking, 'close');
  await closed;
});

it('answers who sends too many requests with 429, when to come back, and no reading of what they send', async () => {
  const answer = await conversation('POST /too-many HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n');
  expect(answer).toMatch(/^HTTP\/1.1 429 Too Many Requests\r\n/);
  expect(answer).toContain('Retry-After: 7\r\n');
  expect(answer).toContain('{"error":"too many requests from this address; try again in 7 s');
});

it('drops connections of an address beyond its limit, and takes new ones when others are gone', async () => {
  const three = [await open(), await open(), await open()];
  const fourth = connect({ host: '127.0.0.1', port: listener.port, ca });
  const [error] = (await once(fourth, 'error')) as [Error];
  expect(error.message).toMatch(/disconnected|ECONNRESET/);
  const [first] = three;
  first?.destroy();
  await connectionsAre(2);
  (await open()).destroy();
  for (const socket of three) socket.destroy();
});

it('does not count connections that became links', async () => {
  listener.onUpgrade((_request, socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n'));
  const links: TLSSocket[] = [];
  for (let count = 0; count < 5; count += 1) {
    const socket = await open();
    links.push(socket);
    socket.write('GET /link HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await once(socket, 'data');
  }
  for (const link of links) link.destroy();
  await connectionsAre(0);
});

it('cuts off a client that does not read its answer', async () => {
  const asking = await open();
  const request = slowRequests.next(() => true);
  asking.write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n');
  const response = await request;
  asking.pause();
  const closed = once(response, 'close');
  respondJson(response, 200, { long: 'x'.repeat(50_000_000) });
  await clock.advance(14_999);
  expect(response.socket?.destroyed).toBe(false);
  await clock.advance(1);
  await closed;
  asking.on('error', () => undefined);
  let received = 0;
  for await (const chunk of asking) received += (chunk as Buffer).length;
  expect(received).toBeLessThan(50_000_000);
});

/** Waits until the listener has as many connections. */
async function connectionsAre(wanted: number): Promise<void> {
  for (;;) {
    const count = await new Promise<number>((resolve) => {
      listener.server.getConnections((_error, found) => resolve(found));
    });
    if (count <= wanted) return;
    await new Promise(setImmediate);
  }
}
