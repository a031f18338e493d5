import { createPublicKey } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { silentLog, systemIds, type Random } from '@dcvsm/runtime';
import { ManualClock, seededRandom } from '@dcvsm/testkit';
import { requireToken, type Authorize } from '../../../../broker/src/http/authorize.js';
import { HttpProblem } from '../../../../broker/src/http/http-problem.js';
import {
  loadClientAccess,
  type ClientAccess,
} from '../../../../broker/src/security/clients/client-access.js';
import { MemoryStore } from '../../../../broker/src/store/memory-store.js';
import { KeyServer, rsaKey } from '../../../../broker/test/oauth/key-server.js';
import { atMost, howMany, none, Tally, type Abuse, type Finding, type Form } from '../abuse-case.js';
import { forgeries, signedBy, type Issuer } from '../forged-tokens.js';
import { welch, type Difference } from '../welch.js';

const ISSUER = 'https://broker.example.com';
const EXTERNAL_ISSUER = 'https://login.example.com';
/**
 * Two unknown ids alone may be 30 ns apart, by where they lie in memory, and t says so when there are enough of them. A
 * missing hash would be 2,000 ns, and nobody sees less than this over a network.
 */
const MOST_APART_NS = 300;
const ROUNDS = 5;

export const abuse: Abuse = async (form) => {
  const clock = new ManualClock();
  const options = { issuesTokens: true, issuer: ISSUER, caFile: null };
  const access = await loadClientAccess({
    ...{ store: new MemoryStore(), clock, ids: systemIds(), log: silentLog() },
    ...options,
  });
  const key = rsaKey('k1');
  await using server = await KeyServer.start(key);
  await access.authServers.register(server.url, {
    ...{ algorithm: null, issuer: EXTERNAL_ISSUER, audience: 'desktops', scopes: null },
  });
  const nowSeconds = clock.now() / 1000;
  const own = await ownIssuer(access, nowSeconds);
  const external: Issuer = {
    privateKey: key.key,
    publicKey: createPublicKey(key.key),
    header: { alg: 'RS256', typ: 'at+jwt', kid: 'k1' },
    claims: { ...own.claims, iss: EXTERNAL_ISSUER, aud: 'desktops' },
  };
  return [
    ...(await forged('own key', own, access, form)),
    ...(await forged('external server', external, access, form)),
    await revoked(own, access, form),
    ...(await times(access, form)),
  ];
};

async function ownIssuer({ clients, keys }: ClientAccess, nowSeconds: number): Promise<Issuer> {
  const client = await clients.register('attacked');
  if (client === 'name-taken') throw new Error('the store is not empty');
  const { id: kid, privateKey } = keys.current();
  return {
    privateKey,
    publicKey: createPublicKey(privateKey),
    header: { alg: 'ES256', typ: 'at+jwt', kid },
    claims: {
      ...{ iss: ISSUER, sub: client.id, client_id: client.id, aud: 'dcv-session-manager' },
      ...{ iat: nowSeconds, exp: nowSeconds + 3600, jti: 'j1', scope: 'read' },
    },
  };
}

async function forged(whose: string, issuer: Issuer, access: ClientAccess, form: Form): Promise<Finding[]> {
  const authorize = requireToken(access.reader);
  const perKind = howMany(form, 1000, 40);
  const random = seededRandom(form.seed);
  const answers = new Tally();
  const wrong: string[] = [];
  for (const [kind, forge] of Object.entries(forgeries)) {
    for (let index = 0; index < perKind; index += 1) {
      const token = forge(issuer, random);
      const answer = await statusOf(authorize, token);
      answers.add(answer);
      if (answer !== 401) wrong.push(`${kind}: ${answer} for ${token}`);
    }
  }
  const good = await statusOf(authorize, signedBy(issuer));
  if (good !== 200) wrong.push(`a good token: ${good}`);
  const count = perKind * Object.keys(forgeries).length;
  return [none(`forged tokens, ${whose}: not answered with 401`, count, wrong, answers.toString())];
}

async function revoked(issuer: Issuer, access: ClientAccess, form: Form): Promise<Finding> {
  const authorize = requireToken(access.reader);
  const count = howMany(form, 1000, 40);
  const wrong: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const clientId = String(issuer.claims['client_id']);
    const { id, text } = access.tokens.issue(clientId, new Set(['read']), ISSUER);
    // Half of them were used before, and so are known as verified.
    const before = index % 2 === 0 ? await statusOf(authorize, text) : 200;
    await access.revoked.revoke(id, { clientId, expiresAtMs: Number.MAX_SAFE_INTEGER });
    const after = await statusOf(authorize, text);
    if (before !== 200 || after !== 401) wrong.push(`${before} before, ${after} after`);
  }
  return none('revoked tokens that are still taken', count, wrong);
}

/** 200, the status of a refusal, or NaN for anything else that was thrown. */
async function statusOf(authorize: Authorize, token: string): Promise<number> {
  try {
    await authorize({ headers: { authorization: `Bearer ${token}` } } as IncomingMessage);
    return 200;
  } catch (error) {
    return error instanceof HttpProblem ? error.status : NaN;
  }
}

async function times({ clients }: ClientAccess, form: Form): Promise<Finding[]> {
  const client = await clients.register('timed');
  if (client === 'name-taken') throw new Error('the store is not empty');
  const { id, password } = client;
  const nearly = `${password.slice(0, -1)}${password.endsWith('A') ? 'B' : 'A'}`;
  const attempts = { right: [id, password], wrong: [id, nearly], unknown: [`${id.slice(0, -1)}x`, password] };
  const count = howMany(form, 10_000, 2_000);
  const random = seededRandom(form.seed);
  const run = (attempt: readonly string[]): boolean =>
    clients.authenticate(String(attempt[0]), String(attempt[1]));
  const rounds = Array.from({ length: ROUNDS }, () => measure(count, attempts, { random, run }));
  const finding = (what: string, differences: readonly Difference[]): Finding => {
    // A leak shows in every round; what shows in one of them was something else on this machine.
    const { apart: value, t } = differences.reduce((one, other) => (one.apart < other.apart ? one : other));
    const outcome = `least of ${ROUNDS} rounds, t = ${t.toFixed(1)}`;
    return atMost(what, { inputs: count, value, limit: MOST_APART_NS, unit: 'ns', outcome });
  };
  return [
    finding(
      'mean time of a right password, against one that is wrong at its end',
      rounds.map(({ right, wrong }) => welch(right, wrong)),
    ),
    finding(
      'mean time of a wrong password, against a client that there is not',
      rounds.map(({ wrong, unknown }) => welch(wrong, unknown)),
    ),
  ];
}

/** Nanoseconds of each kind of attempt, mixed by chance, so that whatever slows the machine slows all kinds alike. */
function measure<Kind extends string>(
  count: number,
  attempts: Readonly<Record<Kind, readonly string[]>>,
  { random, run }: { readonly random: Random; readonly run: (attempt: readonly string[]) => boolean },
): Record<Kind, number[]> {
  const kinds = Object.keys(attempts) as Kind[];
  const taken = Object.fromEntries(kinds.map((kind) => [kind, []])) as unknown as Record<Kind, number[]>;
  for (let index = 0; index < count * kinds.length; index += 1) {
    const kind = kinds[Math.floor(random.next() * kinds.length)] as Kind;
    // A fresh text each time, as a request brings it.
    const attempt = attempts[kind].map((text) => Buffer.from(text).toString());
    const start = process.hrtime.bigint();
    run(attempt);
    taken[kind].push(Number(process.hrtime.bigint() - start));
  }
  return taken;
}
