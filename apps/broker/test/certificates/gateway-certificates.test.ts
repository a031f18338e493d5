import { execFileSync } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { systemClock } from '@dcvsm/runtime';
import { genGatewayCertificates } from '../../src/security/certificates/gateway-certificates.js';
import { Listeners } from './listeners.js';
import { issue, issueCa, Pki, storeFile } from './pki.js';
import { ask, dial } from './tls-peer.js';

jest.setTimeout(60_000);

let pki: Pki;
beforeEach(async () => {
  pki = await Pki.create();
});
afterEach(() => pki[Symbol.asyncDispose]());

const generate = (force = false): Promise<string> =>
  genGatewayCertificates({
    folder: pki.path('resolver-creds'),
    force,
    nowMs: systemClock().now(),
    password: 'made-up-password',
    ownedLike: pki.folder,
  });

const read = (name: string): Promise<string> => readFile(pki.path(`resolver-creds/${name}`), 'utf8');

it('makes what lets a gateway in, once it is configured as the command says', async () => {
  const text = await generate();
  const setting = (key: string): string => new RegExp(`^${key} = "?([^"\n]+)`, 'm').exec(text)?.[1] ?? '';
  expect(setting('enable-tls-client-auth-gateway')).toBe('true');
  const trustStore = storeFile(
    setting('gateway-to-broker-connector-trust-store-file'),
    setting('gateway-to-broker-connector-trust-store-pass'),
  );
  const serverCa = issueCa('server');
  const server = issue('server', { issuer: serverCa });
  const keyStore = storeFile(await pki.write('server.pem', server.keyPem + server.pem));
  await using listeners = await Listeners.start({
    workingPath: pki.folder,
    listeners: { gateway: { keyStore, trustStore, clientAuth: 'required' } },
  });
  const [cert, key] = [await read('dcv_gateway_cert.pem'), await read('dcv_gateway_key.pem')];
  const socket = await dial(listeners.port('gateway'), serverCa.pem, { cert, key });
  expect(await ask(socket)).toBe('trusted: true');
  socket.destroy();
  expect(setting('cert-file')).toBe('/etc/dcv-connection-gateway/dcv_gateway_cert.pem');
  expect(setting('cert-key-file')).toBe('/etc/dcv-connection-gateway/dcv_gateway_key.pem');
  expect(text).toContain('TrustStore password: made-up-password\n');
});

it('keeps everything to the owner, and keeps no key of the CA', async () => {
  await generate();
  const mode = async (name: string): Promise<number> => (await stat(pki.path(name))).mode & 0o777;
  expect(await mode('resolver-creds')).toBe(0o700);
  const names = await readdir(pki.path('resolver-creds'));
  expect(names.sort()).toEqual([
    'TrustStore.p12',
    'dcv_gateway_ca.pem',
    'dcv_gateway_cert.pem',
    'dcv_gateway_key.pem',
  ]);
  for (const name of names) expect(await mode(`resolver-creds/${name}`)).toBe(0o600);
  const key = await read('dcv_gateway_key.pem');
  for (const other of ['dcv_gateway_ca.pem', 'dcv_gateway_cert.pem']) {
    expect(await read(other)).not.toContain('PRIVATE KEY');
  }
  expect(key.match(/BEGIN PRIVATE KEY/g)).toHaveLength(1);
});

it('writes what OpenSSL reads and, being strict, accepts', async () => {
  await generate();
  const cwd = pki.path('resolver-creds');
  const openssl = (...args: string[]): string =>
    execFileSync('openssl', args, { cwd, encoding: 'utf8', stdio: 'pipe' });
  const verify = ['verify', '-x509_strict', '-CAfile', 'dcv_gateway_ca.pem', '-purpose'];
  expect(openssl(...verify, 'sslclient', 'dcv_gateway_cert.pem')).toBe('dcv_gateway_cert.pem: OK\n');
  const listed = openssl('pkcs12', '-in', 'TrustStore.p12', '-passin', 'pass:made-up-password', '-nokeys');
  expect(listed.match(/BEGIN CERTIFICATE/g)).toHaveLength(1);
});

it('replaces nothing unless it is told to', async () => {
  await generate();
  const first = await read('dcv_gateway_cert.pem');
  await expect(generate()).rejects.toThrow(/dcv_gateway_key\.pem exists already; give --force/);
  expect(await read('dcv_gateway_cert.pem')).toBe(first);
  await generate(true);
  expect(await read('dcv_gateway_cert.pem')).not.toBe(first);
});

it('says when it cannot write', async () => {
  await pki.write('resolver-creds', 'a file, not a folder');
  await expect(generate(true)).rejects.toThrow(
    /resolver-creds cannot be written \(.*\); run the command as root/,
  );
});
