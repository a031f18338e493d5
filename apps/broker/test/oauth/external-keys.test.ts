import type { RequestListener, ServerResponse } from 'node:http';
import { registerAuthServer } from '../../src/admin/auth-server-commands.js';
import { TestFleet } from '../fleet/start-fleet.js';
import { ExternalFleet, externalKey } from './external-fleet.js';
import { publicJwk, rsaKey, signedToken } from './key-server.js';
import { OAuthFleet } from './oauth-fleet.js';

let outer: ExternalFleet;
beforeEach(async () => {
  outer = await ExternalFleet.start();
});
afterEach(() => outer[Symbol.asyncDispose]());

describe('the keys', () => {
  it('are asked for once, and again for a key that is new, but not for everything that is made up', async () => {
    await outer.register();
    expect(outer.server.asked).toBe(1);
    const next = rsaKey('k2');
    outer.server.keys = [publicJwk(externalKey), publicJwk(next)];
    await outer.advance(30_000);
    const tokens = Array.from({ length: 20 }, (_, index) =>
      signedToken(next, outer.claims({ jti: `j${index}` })),
    );
    const answers = await Promise.all(tokens.map((token) => outer.use(token)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(outer.server.asked).toBe(2);
    for (let index = 0; index < 20; index += 1) {
      const madeUp = signedToken({ ...next, kid: `x${index}` }, outer.claims());
      expect(await outer.use(madeUp)).toMatchObject({ status: 401 });
    }
    expect(outer.server.asked).toBe(2);
  });

  it('are looked up again after a while, so that one that was withdrawn ends with its tokens', async () => {
    await outer.register();
    const token = outer.token();
    expect(await outer.use(token)).toMatchObject({ status: 200 });
    outer.server.keys = [publicJwk(rsaKey('k2'))];
    await outer.advance(15 * 60_000);
    const answered = new Promise((resolve) => (outer.server.misbehave = answerOnce(resolve)));
    // This one is answered with what is known, and sets the look-up off.
    await outer.use(token);
    await answered;
    while ((await outer.use(token)).status !== 401);
  });

  const answerOnce =
    (then: (value: unknown) => void) =>
    (_request: unknown, response: ServerResponse): void => {
      response.once('finish', then);
      response.end(JSON.stringify({ keys: outer.server.keys }));
    };

  it.each<[string, RequestListener, string]>([
    [
      'redirects',
      (_, response) => void response.writeHead(302, { location: '/x' }).end(),
      'redirects elsewhere',
    ],
    ['fails', (_, response) => void response.writeHead(500).end(), 'it answered 500'],
    ['answers too much', (_, response) => void response.end('x'.repeat(300_000)), 'more than 262144 bytes'],
    ['answers no JSON', (_, response) => void response.end('<html>'), 'it did not answer JSON'],
    ['answers no keys', (_, response) => void response.end('{"keys":7}'), 'no JWK set'],
    [
      'answers too many keys',
      (_, response) => void response.end(JSON.stringify({ keys: Array(101).fill(publicJwk(externalKey)) })),
      'at most 100 keys',
    ],
    [
      'answers secret keys',
      (_, response) => void response.end('{"keys":[{"kty":"oct","k":"c2VjcmV0","kid":"k1","alg":"HS256"}]}'),
      'none of the 1 keys',
    ],
    [
      'answers keys for something else',
      (_, response) =>
        void response.end(JSON.stringify({ keys: [{ ...publicJwk(externalKey), use: 'enc' }] })),
      'none of the 1 keys',
    ],
  ])(
    'of a server that %s cannot be had: the operator reads why, a client may come back',
    async (_, answer, why) => {
      outer.server.misbehave = answer;
      await outer.register();
      expect(outer.warnings).toEqual([expect.stringContaining(why)]);
      const refused = await outer.use(outer.token());
      expect(refused).toMatchObject({ status: 503 });
      expect(refused.headers.get('retry-after')).toBe('30');
      outer.server.misbehave = null;
      await outer.advance(30_000);
      expect(await outer.use(outer.token())).toMatchObject({ status: 200 });
    },
  );

  it('of a server that never answers are given up after five seconds', async () => {
    const asked = new Promise<void>((resolve) => (outer.server.misbehave = () => resolve()));
    const registered = outer.register();
    await asked;
    await outer.advance(5_000);
    await registered;
    expect(outer.warnings).toEqual([expect.stringContaining('did not answer within 5000 ms')]);
  });

  it('of one server are used while another one is down', async () => {
    await outer.register({}, 'http://127.0.0.1:1/jwks.json');
    await outer.register();
    expect(await outer.use(outer.token())).toMatchObject({ status: 200 });
  });
});

it("asks a server over TLS, which has to be of the system's or the configured authorities", async () => {
  const issuing = await OAuthFleet.start({ properties: [] });
  const url = `${issuing.fleet.url}/oauth2/jwks`;
  const closed = ['store = memory', 'enable-authorization-server = false'];
  await using strict = await TestFleet.start({ properties: closed });
  await registerAuthServer(strict.broker.adminSocket, url, { warn: (words) => outer.warnings.push(words) });
  expect(outer.warnings).toEqual([expect.stringContaining('certificate')]);
  const caFile = `auth-servers-ca-file = ${issuing.fleet.broker.caFile}`;
  await using trusting = await OAuthFleet.start({ properties: [...closed, caFile] });
  await registerAuthServer(trusting.fleet.broker.adminSocket, url, {
    warn: (words) => outer.warnings.push(words),
  });
  expect(outer.warnings).toHaveLength(1);
  expect(await trusting.use(await issuing.token())).toMatchObject({ status: 200 });
  await issuing[Symbol.asyncDispose]();
});
