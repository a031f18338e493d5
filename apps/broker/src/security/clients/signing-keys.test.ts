import { createPublicKey } from 'node:crypto';
import { ManualClock } from '@dcvsm/testkit';
import { MemoryStore } from '../../store/memory-store.js';
import { newSigningKey, SigningKeys } from './signing-keys.js';

const LIFETIME_MS = 3_600_000;
let store: MemoryStore;
let clock: ManualClock;
const load = (): Promise<SigningKeys> => SigningKeys.load(store, clock, LIFETIME_MS);
beforeEach(() => {
  store = new MemoryStore();
  clock = new ManualClock();
});

const stored = async (): Promise<string> =>
  JSON.stringify((await store.listRegistrations('signing-key')).map(({ body }) => body));

it('has one key from the first start on, the same at the next', async () => {
  const { id } = (await load()).current();
  expect((await load()).current().id).toBe(id);
  expect(await store.listRegistrations('signing-key')).toHaveLength(1);
});

it('takes over the key of earlier releases, which named no key in their tokens', async () => {
  const pem = await store.secret('access-token-key', newSigningKey());
  const keys = await load();
  expect(keys.current().privateKey.export({ type: 'pkcs8', format: 'pem' })).toBe(pem);
  expect(keys.find(undefined)?.publicKey.equals(createPublicKey(pem))).toBe(true);
  await keys.renew({ revoke: true });
  expect(keys.find(undefined)).toBeUndefined();
  expect((await load()).find(undefined)).toBeUndefined();
});

it('agrees with another broker that starts on the same new store', async () => {
  const [one, other] = await Promise.all([load(), load()]);
  expect(one.current().id).toBe(other.current().id);
});

it('signs with the new key and verifies with both, until the last token of the old one has expired', async () => {
  const keys = await load();
  const old = keys.current().id;
  const renewed = await keys.renew({ revoke: false });
  for (const loaded of [keys, await load()]) {
    expect(loaded.current().id).toBe(renewed);
    expect(loaded.published().map(({ kid }) => kid)).toEqual([old, renewed]);
    expect(loaded.find(old)).toBeDefined();
  }
  await clock.advance(LIFETIME_MS - 1);
  expect(keys.find(old)).toBeDefined();
  await clock.advance(1);
  expect(keys.find(old)).toBeUndefined();
  expect(keys.published().map(({ kid }) => kid)).toEqual([renewed]);
  await keys.forgetEnded();
  expect(await store.listRegistrations('signing-key')).toMatchObject([{ id: renewed }]);
});

it('throws the private half away as soon as a key signs no more', async () => {
  const keys = await load();
  await keys.renew({ revoke: false });
  expect((await stored()).match(/BEGIN PRIVATE KEY/g)).toHaveLength(1);
});

it('lets former keys verify nothing any more if they are revoked', async () => {
  const keys = await load();
  const old = keys.current().id;
  await keys.renew({ revoke: false });
  const between = keys.current().id;
  const newest = await keys.renew({ revoke: true });
  expect([old, between].map((id) => keys.find(id))).toEqual([undefined, undefined]);
  expect((await load()).published().map(({ kid }) => kid)).toEqual([newest]);
});

it('ends a renewal that was cut short', async () => {
  const other = new MemoryStore();
  const strangers = await SigningKeys.load(other, clock, LIFETIME_MS);
  const [added] = await other.listRegistrations('signing-key');
  const keys = await load();
  const old = keys.current().id;
  await store.addRegistration(added!);
  const after = await load();
  expect(after.current().id).toBe(strangers.current().id);
  await after.retireFormer();
  expect((await stored()).match(/BEGIN PRIVATE KEY/g)).toHaveLength(1);
  expect(after.find(old)).toBeDefined();
  await clock.advance(LIFETIME_MS);
  expect(after.find(old)).toBeUndefined();
});

it('publishes nothing but the public half, by the thumbprint of the key', async () => {
  const keys = await load();
  const [key] = keys.published();
  expect(Object.keys(key!).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  const publicKey = createPublicKey({ key: { ...key }, format: 'jwk' });
  expect(publicKey.equals(createPublicKey(keys.current().privateKey))).toBe(true);
});
