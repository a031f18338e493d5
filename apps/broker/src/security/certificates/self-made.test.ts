import { X509Certificate } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@dcvsm/testkit';
import { selfMade, type SelfMade } from './self-made.js';

const NAMES = ['desk.example.com', 'desk', 'localhost', '127.0.0.1', '::1', '10.1.2.3', 'fd00::1'];
const DAY_MS = 86_400_000;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dcvsm-certificates-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const make = (names: readonly string[], clock: ManualClock, mayMakeCa = true): Promise<SelfMade> =>
  selfMade({ workingPath: folder, names, nowMs: clock.now(), mayMakeCa });
const file = (name: string): string => join(folder, 'security', name);
const certificate = async (name: string): Promise<X509Certificate> =>
  new X509Certificate(await readFile(file(name)));

it('makes a CA and a server certificate signed by it, with every name', async () => {
  const clock = new ManualClock();
  const made = await make(NAMES, clock);
  const ca = new X509Certificate(await readFile(made.ca.file));
  const leaf = new X509Certificate(made.leaf.cert);
  expect(made.ca.file).toBe(file('dcvsmbroker_ca.pem'));
  expect(ca.ca).toBe(true);
  expect(leaf.ca).toBe(false);
  expect(leaf.verify(ca.publicKey)).toBe(true);
  expect(leaf.checkIssued(ca)).toBe(true);
  for (const name of NAMES) expect(leaf.checkHost(name) ?? leaf.checkIP(name)).toBe(name);
  expect(leaf.checkHost('elsewhere')).toBeUndefined();
  expect(Date.parse(leaf.validFrom)).toBeLessThanOrEqual(clock.now());
  expect(Date.parse(leaf.validTo) - Date.parse(leaf.validFrom)).toBeLessThan(825 * DAY_MS);
  expect(leaf.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
});

it('keeps the keys to the owner and leaves nothing half-written', async () => {
  await make(NAMES, new ManualClock());
  const mode = async (name: string): Promise<number> => (await stat(file(name))).mode & 0o777;
  expect((await stat(join(folder, 'security'))).mode & 0o777).toBe(0o700);
  expect(await mode('dcvsmbroker_ca.key')).toBe(0o600);
  expect(await mode('dcvsmbroker_server.key')).toBe(0o600);
  expect((await readdir(join(folder, 'security'))).sort()).toEqual([
    'dcvsmbroker_ca.key',
    'dcvsmbroker_ca.pem',
    'dcvsmbroker_server.key',
    'dcvsmbroker_server.pem',
  ]);
});

it('keeps both while they are good', async () => {
  const clock = new ManualClock();
  const first = await make(NAMES, clock);
  await clock.advance(700 * DAY_MS);
  const { leaf } = await make(NAMES.slice(2), clock);
  expect(leaf.cert).toBe(first.leaf.cert);
  expect([first.leaf.madeBecause, leaf.madeBecause]).toEqual(['there was none', undefined]);
});

it('renews the server certificate, not the CA, when it ends soon', async () => {
  const clock = new ManualClock();
  const first = await make(NAMES, clock);
  const ca = await readFile(first.ca.file, 'utf8');
  await clock.advance(745 * DAY_MS);
  const second = await make(NAMES, clock);
  expect(second.leaf.cert).not.toBe(first.leaf.cert);
  expect(await readFile(second.ca.file, 'utf8')).toBe(ca);
  expect(new X509Certificate(second.leaf.cert).verify(new X509Certificate(ca).publicKey)).toBe(true);
});

it.each<[string, readonly string[], () => Promise<unknown>]>([
  ['a name is missing', [...NAMES, 'balancer.example.com'], () => Promise.resolve()],
  ['an address is missing', [...NAMES, '10.9.9.9'], () => Promise.resolve()],
  ['its key is gone', NAMES, () => unlink(file('dcvsmbroker_server.key'))],
  [
    'a start was cut short between key and certificate',
    NAMES,
    async () => writeFile(file('dcvsmbroker_server.key'), await readFile(file('dcvsmbroker_ca.key'))),
  ],
  ['it is no certificate', NAMES, () => writeFile(file('dcvsmbroker_server.pem'), 'garbage')],
  [
    'the CA is another',
    NAMES,
    async () => {
      await unlink(file('dcvsmbroker_ca.pem'));
      await unlink(file('dcvsmbroker_ca.key'));
    },
  ],
])('makes a new server certificate when %s', async (_, names, change) => {
  const clock = new ManualClock();
  const first = await make(NAMES, clock);
  await change();
  const second = await make(names, clock);
  expect(second.leaf.cert).not.toBe(first.leaf.cert);
  const leaf = await certificate('dcvsmbroker_server.pem');
  expect(leaf.verify((await certificate('dcvsmbroker_ca.pem')).publicKey)).toBe(true);
  for (const name of names) expect(leaf.checkHost(name) ?? leaf.checkIP(name)).toBe(name);
});

it('never replaces a CA that somebody put there, and says what is wrong with it', async () => {
  const clock = new ManualClock();
  await make(NAMES, clock);
  const serverKey = await readFile(file('dcvsmbroker_server.key'));
  await writeFile(file('dcvsmbroker_ca.key'), serverKey, { mode: 0o600 });
  await expect(make(NAMES, clock)).rejects.toThrow('are no certificate and its key');
  await unlink(file('dcvsmbroker_ca.key'));
  await expect(make(NAMES, clock)).rejects.toThrow('has no key; put');
  await writeFile(file('dcvsmbroker_ca.pem'), 'garbage');
  await writeFile(file('dcvsmbroker_ca.key'), serverKey, { mode: 0o600 });
  await expect(make(NAMES, clock)).rejects.toThrow('are no certificate and its key');
  expect(await readFile(file('dcvsmbroker_ca.pem'), 'utf8')).toBe('garbage');
});

it('refuses a key that others can read, and says how to mend it', async () => {
  const clock = new ManualClock();
  await make(['localhost'], clock);
  const keyFile = join(folder, 'security', 'dcvsmbroker_ca.key');
  await chmod(keyFile, 0o644);
  await expect(make(['localhost'], clock)).rejects.toThrow(/mode 644.*chmod 600/);
});

it('starts again after a start that wrote the CA key and no more', async () => {
  const clock = new ManualClock();
  await make(NAMES, clock);
  for (const name of ['dcvsmbroker_ca.pem', 'dcvsmbroker_server.pem', 'dcvsmbroker_server.key'])
    await unlink(file(name));
  const { leaf } = await make(NAMES, clock);
  expect(new X509Certificate(leaf.cert).verify((await certificate('dcvsmbroker_ca.pem')).publicKey)).toBe(
    true,
  );
});
