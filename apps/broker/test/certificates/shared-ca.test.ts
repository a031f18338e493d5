import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { isIP } from 'node:net';
import { hostNames } from '../../src/security/certificates/host-names.js';
import { Listeners } from './listeners.js';
import { issueCa, newEcKey, newRsaKey, Pki, type Issued } from './pki.js';
import { ask, dial } from './tls-peer.js';

jest.setTimeout(30_000);

let pki: Pki;
beforeEach(async () => {
  pki = await Pki.create();
  await mkdir(pki.path('security'));
});
afterEach(() => pki[Symbol.asyncDispose]());

/** What an operator does who gives several brokers one CA. */
async function put(ca: Issued, ...above: Issued[]): Promise<void> {
  await pki.write('security/dcvsmbroker_ca.pem', [ca, ...above].map(({ pem }) => pem).join(''));
  await pki.write('security/dcvsmbroker_ca.key', ca.keyPem);
}

const start = (names = ['127.0.0.1']): Promise<Listeners> =>
  Listeners.start({ workingPath: pki.folder, names: () => names, listeners: { client: {} } });

/** Whether a client that trusts only `trusted`, and only with its own chain, is served under this name. */
async function isServed(listeners: Listeners, trusted: Issued, name = '127.0.0.1'): Promise<boolean> {
  const options = isIP(name) === 0 ? { servername: name } : {};
  const socket = await dial(listeners.port('client'), trusted.pem, options);
  const isAnswered = (await ask(socket)) === 'trusted: false';
  socket.destroy();
  return isAnswered;
}

const root = issueCa('company root');

it.each<[string, Issued]>([
  ['EC', issueCa('shared', { key: newEcKey() })],
  ['RSA', issueCa('shared', { key: newRsaKey() })],
])('serves under a CA with a key of type %s that an operator put there', async (_, ca) => {
  // As in the original, whose key stores are deleted so that they are made anew.
  await pki.write('security/keystore_client.jks', 'of the original');
  await put(ca);
  await using listeners = await start();
  expect(await isServed(listeners, ca)).toBe(true);
});

it('makes its certificate anew when the CA was exchanged between two starts', async () => {
  await (await start())[Symbol.asyncDispose]();
  const ca = issueCa('shared');
  await put(ca);
  await using listeners = await start();
  expect(await isServed(listeners, ca)).toBe(true);
  expect(listeners.logged('made a new server certificate')).toMatchObject([
    { madeBecause: 'it was signed by another CA' },
  ]);
});

it.each<[string, boolean]>([
  ['with its root', true],
  ['without its root', false],
])('serves an intermediate CA, given %s, to clients that know only the root', async (_, hasRoot) => {
  const upper = issueCa('company IT', { issuer: root });
  const ca = issueCa('brokers', { issuer: upper });
  await put(ca, ...(hasRoot ? [root, upper] : [upper]));
  await using listeners = await start();
  expect(await isServed(listeners, root)).toBe(true);
  await (await start())[Symbol.asyncDispose]();
  await listeners.certificates.reload();
  expect(await isServed(listeners, root)).toBe(true);
});

it('serves under every name and address of this host, and those of the configuration', async () => {
  const ca = issueCa('shared');
  await put(ca);
  await using listeners = await start(
    hostNames(['balancer.example.com', '*.desks.example.com', '192.0.2.77']),
  );
  const names = ['localhost', hostname(), 'balancer.example.com', 'a.desks.example.com', '127.0.0.1'];
  for (const name of names) expect([name, await isServed(listeners, ca, name)]).toEqual([name, true]);
  await expect(isServed(listeners, ca, 'elsewhere.example.com')).rejects.toThrow(
    "does not match certificate's",
  );
  await expect(isServed(listeners, root)).rejects.toThrow(/self-signed|unable to/);
});

describe('a CA that cannot be used stops the start with words', () => {
  it('because its key is encrypted', async () => {
    const ca = issueCa('shared', { key: newRsaKey() });
    await put(ca);
    await pki.write('plain.key', ca.keyPem);
    const encrypt = ['pkey', '-aes256', '-passout', 'pass:secret', '-in', 'plain.key'];
    await pki.openssl(...encrypt, '-out', 'security/dcvsmbroker_ca.key');
    await expect(start()).rejects.toThrow(
      /dcvsmbroker_ca\.key is encrypted; store it without a password: openssl pkey/,
    );
  });

  it('because it is no CA', async () => {
    await put(issueCa('server', { use: 'tls-server' }));
    await expect(start()).rejects.toThrow(
      'dcvsmbroker_ca.pem is no certificate of a CA; put one there that may sign',
    );
  });

  it('because it must not sign certificates', async () => {
    const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=crl only', '-days', '9'];
    const use = ['-addext', 'keyUsage=critical,cRLSign'];
    await pki.openssl(...request, ...use, '-keyout', 'ca.key', '-out', 'security/dcvsmbroker_ca.pem');
    await pki.openssl('pkey', '-in', 'ca.key', '-out', 'security/dcvsmbroker_ca.key');
    await expect(start()).rejects.toThrow(
      'dcvsmbroker_ca.pem is no certificate of a CA; put one there that may',
    );
  });

  it('because its key is of a kind that TLS clients do not know', async () => {
    await pki.openssl('genpkey', '-algorithm', 'ed25519', '-out', 'security/dcvsmbroker_ca.key');
    const request = ['req', '-x509', '-key', 'security/dcvsmbroker_ca.key', '-subj', '/CN=ed', '-days', '9'];
    await pki.openssl(...request, '-out', 'security/dcvsmbroker_ca.pem');
    await expect(start()).rejects.toThrow(
      'a key of type ed25519 cannot sign certificates here; use RSA or EC; put',
    );
  });
});
