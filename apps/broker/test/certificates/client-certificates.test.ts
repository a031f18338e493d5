import { once } from 'node:events';
import { chmod } from 'node:fs/promises';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { systemClock } from '@dcvsm/runtime';
import { loadTrustStore } from '../../src/security/certificates/trust-store.js';
import type { StoreFile } from '../../src/security/certificates/store-file.js';
import { Listeners } from './listeners.js';
import { issue, issueCa, Pki, storeFile, type Issued } from './pki.js';
import { ask, dial } from './tls-peer.js';

jest.setTimeout(30_000);

const nowMs = systemClock().now();
const serverCa = issueCa('server CA');
const server = issue('server', { issuer: serverCa });
const gatewayCa = issueCa('gateway CA');
const middle = issueCa('gateway intermediate', { issuer: gatewayCa });
const gateway = issue('gateway', { issuer: middle, use: 'tls-client' });
const strangerCa = issueCa('gateway CA');
const stranger = issue('stranger', { issuer: strangerCa, use: 'tls-client' });

let pki: Pki;
beforeEach(async () => {
  pki = await Pki.create();
  await pki.write('server.pem', server.keyPem + server.pem);
});
afterEach(() => pki[Symbol.asyncDispose]());

async function start(clientAuth: 'optional' | 'required', trustStore: StoreFile): Promise<Listeners> {
  const keyStore = storeFile(pki.path('server.pem'));
  const stores = { keyStore, trustStore, clientAuth };
  return Listeners.start({ workingPath: pki.folder, listeners: { gateway: stores } });
}

const trustOf = async (...trusted: Issued[]): Promise<StoreFile> => {
  const file = await pki.write('trust.pem', trusted.map(({ pem }) => pem).join(''));
  return storeFile(file, undefined, 'gateway', 'trust');
};

const shows = (shown: Issued, ...others: Issued[]): ConnectionOptions => ({
  key: shown.keyPem,
  cert: [shown, ...others].map(({ pem }) => pem).join(''),
});

async function answerTo(listeners: Listeners, options: ConnectionOptions = {}): Promise<string> {
  const socket = await dial(listeners.port('gateway'), serverCa.pem, options);
  // A refusal comes as an error or as an end, according to who is faster.
  socket.on('error', () => undefined);
  try {
    return await ask(socket);
  } catch {
    return 'refused';
  } finally {
    socket.destroy();
  }
}

describe('where a client certificate is required', () => {
  it('lets in whom the trust store vouches for, and nobody else', async () => {
    await using listeners = await start('required', await trustOf(gatewayCa));
    expect(await answerTo(listeners, shows(gateway, middle))).toBe('trusted: true');
    expect(await answerTo(listeners)).toBe('refused');
    expect(await answerTo(listeners, shows(stranger))).toBe('refused');
    // It is for servers, and signed by somebody else.
    expect(await answerTo(listeners, shows(server))).toBe('refused');
  });

  it('trusts others after a reload, also for TLS sessions that are resumed', async () => {
    await using listeners = await start('required', await trustOf(gatewayCa));
    const { socket, session } = await withSession(listeners, shows(gateway, middle));
    await trustOf(strangerCa);
    await listeners.certificates.reload();
    expect(await answerTo(listeners, shows(stranger))).toBe('trusted: true');
    expect(await answerTo(listeners, { ...shows(gateway, middle), session })).toBe('refused');
    expect(await ask(socket)).toBe('trusted: true');
    socket.destroy();
  });
});

describe('where a client certificate is optional', () => {
  it('serves everybody, and knows who has shown a good one', async () => {
    await using listeners = await start('optional', await trustOf(gatewayCa));
    expect(await answerTo(listeners)).toBe('trusted: false');
    expect(await answerTo(listeners, shows(stranger))).toBe('trusted: false');
    expect(await answerTo(listeners, shows(gateway, middle))).toBe('trusted: true');
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('is not deceived by a resumed session of %s', async (version) => {
    await using listeners = await start('optional', await trustOf(gatewayCa));
    const only = { minVersion: version, maxVersion: version };
    for (const [options, expected] of [
      [{}, 'trusted: false'],
      [shows(stranger), 'trusted: false'],
      [shows(gateway, middle), 'trusted: true'],
    ] as const) {
      const { socket, session } = await withSession(listeners, { ...only, ...options });
      socket.destroy();
      const resumed = await dial(listeners.port('gateway'), serverCa.pem, { ...only, ...options, session });
      expect(resumed.isSessionReused()).toBe(true);
      expect(await ask(resumed)).toBe(expected);
      resumed.destroy();
    }
  });
});

async function withSession(
  listeners: Listeners,
  options: ConnectionOptions,
): Promise<{ socket: TLSSocket; session: Buffer }> {
  const socket = await dial(listeners.port('gateway'), serverCa.pem, options);
  const session = options.maxVersion === 'TLSv1.2' ? [socket.getSession()] : once(socket, 'session');
  expect(await ask(socket)).toMatch('trusted');
  return { socket, session: ((await session) as [Buffer])[0] };
}

describe('a trust store', () => {
  it.each<[string, string[]]>([
    ['of today', []],
    ['of OpenSSL 1 or Java 8', ['-legacy']],
  ])('is read from PKCS#12 %s', async (_, options) => {
    await pki.write('ca.pem', gatewayCa.pem + serverCa.pem);
    const command = ['pkcs12', '-export', '-nokeys', ...options, '-in', 'ca.pem', '-passout', 'pass:secret'];
    await pki.openssl(...command, '-out', 'TrustStore.jks');
    const trusted = await loadTrustStore(storeFile(pki.path('TrustStore.jks'), 'secret'), nowMs);
    expect(trusted.map(({ subject }) => subject)).toEqual(['CN=gateway CA', 'CN=server CA']);
    await expect(loadTrustStore(storeFile(pki.path('TrustStore.jks'), 'other'), nowMs)).rejects.toThrow(
      'cannot be opened with the password in client-to-broker-connector-key-store-pass',
    );
  });

  it.each<[string, string | Buffer, string]>([
    ['Java’s own format', Buffer.from('feedfeed00000002', 'hex'), 'keytool -importkeystore'],
    ['no certificate', gateway.keyPem, 'holds no certificate; put the CA'],
    ['a damaged one', gatewayCa.pem.replace('MII', 'AAA'), 'cannot be read'],
    [
      'only old ones',
      issueCa('old', { notAfterMs: nowMs - 1000 }).pem,
      'has no valid certificate: it ended on',
    ],
  ])('with %s is refused in words', async (_, content, words) => {
    const file = await pki.write('trust', content);
    await expect(loadTrustStore(storeFile(file), nowMs)).rejects.toThrow(words);
  });

  it('that others may change is refused', async () => {
    const store = await trustOf(gatewayCa);
    await chmod(store.file, 0o664);
    await expect(loadTrustStore(store, nowMs)).rejects.toThrow(
      'mode 664, so others can change who is trusted',
    );
    await chmod(store.file, 0o644);
    expect(await loadTrustStore(store, nowMs)).toHaveLength(1);
  });
});
