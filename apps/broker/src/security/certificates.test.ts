import { once } from 'node:events';
import { X509Certificate } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { silentLog, systemClock, systemIds } from '@dcvsm/runtime';
import { ManualClock } from '@dcvsm/testkit';
import { baseApp, endRoutes } from '../http/base-app.js';
import { startHttpsListener } from '../http/https-listener.js';
import { ensureCertificates } from './certificates.js';
import { hostNames } from './host-names.js';

const NAMES = ['desk.example.com', 'desk', 'localhost', '127.0.0.1', '::1', '10.1.2.3', 'fd00::1'];
const DAY_MS = 86_400_000;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dcvsm-certificates-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const file = (name: string): string => join(folder, 'security', name);
const certificate = async (name: string): Promise<X509Certificate> =>
  new X509Certificate(await readFile(file(name)));

it('makes a CA and a server certificate signed by it, with every name', async () => {
  const clock = new ManualClock();
  const { caFile, tls } = await ensureCertificates(folder, NAMES, clock);
  const ca = new X509Certificate(await readFile(caFile));
  const leaf = new X509Certificate(tls.cert);
  expect(caFile).toBe(file('dcvsmbroker_ca.pem'));
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
  await ensureCertificates(folder, NAMES, new ManualClock());
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
  const first = await ensureCertificates(folder, NAMES, clock);
  await clock.advance(700 * DAY_MS);
  expect(await ensureCertificates(folder, NAMES.slice(2), clock)).toEqual(first);
});

it('renews the server certificate, not the CA, when it ends soon', async () => {
  const clock = new ManualClock();
  const first = await ensureCertificates(folder, NAMES, clock);
  const ca = await readFile(first.caFile, 'utf8');
  await clock.advance(745 * DAY_MS);
  const second = await ensureCertificates(folder, NAMES, clock);
  expect(second.tls.cert).not.toBe(first.tls.cert);
  expect(await readFile(second.caFile, 'utf8')).toBe(ca);
  expect(new X509Certificate(second.tls.cert).verify(new X509Certificate(ca).publicKey)).toBe(true);
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
  const first = await ensureCertificates(folder, NAMES, clock);
  await change();
  const second = await ensureCertificates(folder, names, clock);
  expect(second.tls.cert).not.toBe(first.tls.cert);
  const leaf = await certificate('dcvsmbroker_server.pem');
  expect(leaf.verify((await certificate('dcvsmbroker_ca.pem')).publicKey)).toBe(true);
  for (const name of names) expect(leaf.checkHost(name) ?? leaf.checkIP(name)).toBe(name);
});

it('never replaces a CA that somebody put there, and says what is wrong with it', async () => {
  const clock = new ManualClock();
  await ensureCertificates(folder, NAMES, clock);
  const serverKey = await readFile(file('dcvsmbroker_server.key'));
  await writeFile(file('dcvsmbroker_ca.key'), serverKey, { mode: 0o600 });
  await expect(ensureCertificates(folder, NAMES, clock)).rejects.toThrow('are no certificate and its key');
  await unlink(file('dcvsmbroker_ca.key'));
  await expect(ensureCertificates(folder, NAMES, clock)).rejects.toThrow('has no key: put');
  await writeFile(file('dcvsmbroker_ca.pem'), 'garbage');
  await writeFile(file('dcvsmbroker_ca.key'), serverKey, { mode: 0o600 });
  await expect(ensureCertificates(folder, NAMES, clock)).rejects.toThrow('are no certificate and its key');
  expect(await readFile(file('dcvsmbroker_ca.pem'), 'utf8')).toBe('garbage');
});

it('refuses a key that others can read, and says how to mend it', async () => {
  const clock = systemClock();
  await ensureCertificates(folder, ['localhost'], clock);
  const keyFile = join(folder, 'security', 'dcvsmbroker_ca.key');
  await chmod(keyFile, 0o644);
  await expect(ensureCertificates(folder, ['localhost'], clock)).rejects.toThrow(/mode 644.*chmod 600/);
});

it('starts again after a start that wrote the CA key and no more', async () => {
  const clock = new ManualClock();
  await ensureCertificates(folder, NAMES, clock);
  for (const name of ['dcvsmbroker_ca.pem', 'dcvsmbroker_server.pem', 'dcvsmbroker_server.key'])
    await unlink(file(name));
  const { tls } = await ensureCertificates(folder, NAMES, clock);
  expect(new X509Certificate(tls.cert).verify((await certificate('dcvsmbroker_ca.pem')).publicKey)).toBe(
    true,
  );
});

it('is what TLS clients with the CA accept for every name of this host, and for no other', async () => {
  const clock = systemClock();
  const { caFile, tls } = await ensureCertificates(folder, hostNames(['balancer.example.com']), clock);
  const ca = await readFile(caFile, 'utf8');
  const app = baseApp(systemIds());
  endRoutes(app, silentLog());
  const listener = await startHttpsListener({ app, tls, port: 0, bindHost: '127.0.0.1', clock });
  const handshake = async (name: string, trusted?: string): Promise<TLSSocket> => {
    const names = /^[\d.]+$/.test(name) ? {} : { servername: name };
    const trust = trusted === undefined ? {} : { ca: trusted };
    const socket = connect({ host: '127.0.0.1', port: listener.port, ...names, ...trust });
    await once(socket, 'secureConnect');
    return socket;
  };
  for (const name of ['127.0.0.1', 'localhost', hostname(), 'balancer.example.com']) {
    const socket = await handshake(name, ca);
    expect({ name, authorized: socket.authorized, protocol: socket.getProtocol() }).toMatchObject({
      authorized: true,
    });
    socket.destroy();
  }
  await expect(handshake('elsewhere.example.com', ca)).rejects.toThrow(
    "does not match certificate's altnames",
  );
  await expect(handshake('localhost')).rejects.toThrow(/self-signed|unable to verify/);
  await listener.close();
});
