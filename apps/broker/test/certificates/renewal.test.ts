import { readFile, unlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:tls';
import { once } from 'node:events';
import { Listeners } from './listeners.js';
import { issue, issueCa, newRsaKey, Pki, storeFile } from './pki.js';
import { ask, dial, serialOf } from './tls-peer.js';

jest.setTimeout(30_000);

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

let pki: Pki;
beforeEach(async () => {
  pki = await Pki.create();
});
afterEach(() => pki[Symbol.asyncDispose]());

const security = (name: string): string => pki.path(`security/${name}`);
const ownCa = (): Promise<string> => readFile(security('dcvsmbroker_ca.pem'), 'utf8');

/** What a client that checks nothing sees: the manual clock runs ahead of the one of OpenSSL. */
async function serialNow(port: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const serial = serialOf(socket);
  socket.destroy();
  return serial;
}

describe('the certificate that the broker makes', () => {
  it('gets a new name of the host within an hour, and open connections go on', async () => {
    let names = ['127.0.0.1'];
    await using listeners = await Listeners.start({
      workingPath: pki.folder,
      names: () => names,
      listeners: { client: {}, agent: {} },
    });
    const before = await dial(listeners.port('client'), await ownCa());
    expect(await ask(before)).toBe('trusted: false');
    names = ['127.0.0.1', 'new.example.com'];
    await listeners.clock.advance(HOUR_MS);
    expect(await ask(before)).toBe('trusted: false');
    for (const name of ['client', 'agent'] as const) {
      const servername = 'new.example.com';
      const after = await dial(listeners.port(name), await ownCa(), { servername });
      expect(serialOf(after)).not.toBe(serialOf(before));
      expect(await ask(after)).toBe('trusted: false');
      after.destroy();
    }
    expect(await ask(before)).toBe('trusted: false');
    expect(listeners.logged('made a new server certificate').at(-1)).toMatchObject({
      madeBecause: 'it lacked new.example.com',
    });
    before.destroy();
  });

  it('is made anew while the broker runs, two months before it ends, and once', async () => {
    const options = { workingPath: pki.folder, listeners: { client: {} } };
    await (await Listeners.start(options))[Symbol.asyncDispose]();
    await using listeners = await Listeners.start({ ...options, aheadMs: 739 * DAY_MS });
    const first = await serialNow(listeners.port('client'));
    expect(listeners.logged('made a new server certificate')).toEqual([]);
    await listeners.clock.advance(2 * DAY_MS);
    const second = await serialNow(listeners.port('client'));
    expect(second).not.toBe(first);
    expect(listeners.logged('made a new server certificate')).toMatchObject([
      { madeBecause: 'it had 59 days left' },
    ]);
  });

  it('is signed by a CA that was put there, after a reload', async () => {
    await using listeners = await Listeners.start({ workingPath: pki.folder, listeners: { client: {} } });
    const former = await ownCa();
    const ca = issueCa('shared', { key: newRsaKey() });
    await writeFile(security('dcvsmbroker_ca.pem'), ca.pem);
    await writeFile(security('dcvsmbroker_ca.key'), ca.keyPem);
    await listeners.certificates.reload();
    (await dial(listeners.port('client'), ca.pem)).destroy();
    await expect(dial(listeners.port('client'), former)).rejects.toThrow(/unable to|self.signed/);
  });

  it('stays when the CA is taken away or spoilt, and no CA is made in its place', async () => {
    await using listeners = await Listeners.start({ workingPath: pki.folder, listeners: { client: {} } });
    const ca = await ownCa();
    await unlink(security('dcvsmbroker_ca.pem'));
    await listeners.certificates.reload();
    await expect(ownCa()).rejects.toThrow('ENOENT');
    expect(listeners.logged(`${security('dcvsmbroker_ca.pem')} is gone; put it back`)).toHaveLength(1);
    await writeFile(security('dcvsmbroker_ca.pem'), 'garbage');
    await listeners.clock.advance(HOUR_MS);
    expect(await ownCa()).toBe('garbage');
    (await dial(listeners.port('client'), ca)).destroy();
  });
});

describe('a key store of the operator', () => {
  const ca = issueCa('ca');
  const first = issue('first', { issuer: ca });
  const second = issue('second', { issuer: ca });

  async function start(time: { aheadMs?: number } = {}): Promise<Listeners> {
    await pki.write('desk.pem', first.keyPem + first.pem);
    const keyStore = storeFile(pki.path('desk.pem'));
    const listeners = { client: { keyStore }, agent: {} };
    return Listeners.start({ workingPath: pki.folder, listeners, ...time });
  }

  it('is read again at a reload, and not before; open connections go on', async () => {
    await using listeners = await start();
    const before = await dial(listeners.port('client'), ca.pem);
    const agentSerial = await serialNow(listeners.port('agent'));
    await pki.write('desk.pem', second.keyPem + second.pem);
    await listeners.clock.advance(HOUR_MS);
    expect(await serialNow(listeners.port('client'))).toBe(first.certificate.serialNumber);
    await listeners.certificates.reload();
    const after = await dial(listeners.port('client'), ca.pem);
    expect(serialOf(after)).toBe(second.certificate.serialNumber);
    expect(await ask(before)).toBe('trusted: false');
    expect(await serialNow(listeners.port('agent'))).toBe(agentSerial);
    for (const socket of [before, after]) socket.destroy();
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['is damaged', () => pki.write('desk.pem', 'garbage'), 'is neither PKCS#12 nor PEM'],
    ['is gone', () => unlink(pki.path('desk.pem')), 'does not exist'],
    [
      'has the key of another',
      () => pki.write('desk.pem', first.keyPem + second.pem),
      'holds no certificate for',
    ],
  ])('that %s at a reload leaves the former one in use', async (_, spoil, words) => {
    await using listeners = await start();
    await spoil();
    await listeners.certificates.reload();
    const [line] = listeners.logged('client-to-broker-connector-key-store-file: ');
    expect(line).toMatchObject({
      level: 50,
      msg: expect.stringContaining(`${pki.path('desk.pem')} ${words}`) as string,
    });
    expect(line?.['msg']).toMatch(/; the former certificate stays in use$/);
    const socket = await dial(listeners.port('client'), ca.pem);
    expect(serialOf(socket)).toBe(first.certificate.serialNumber);
    expect(await ask(socket)).toBe('trusted: false');
    socket.destroy();
  });

  it('is warned of once a day in its last month', async () => {
    await using listeners = await start({ aheadMs: 59 * DAY_MS });
    expect(listeners.logged('a certificate')).toEqual([]);
    await listeners.clock.advance(3 * DAY_MS);
    const told = listeners.logged('a certificate ends soon');
    expect(told.map(({ daysLeft }) => daysLeft)).toEqual([29, 28, 27]);
    expect(told[0]).toMatchObject({ level: 40, file: pki.path('desk.pem') });
  });

  it('that has ended is an error in the log', async () => {
    await using listeners = await start({ aheadMs: 89 * DAY_MS });
    await listeners.clock.advance(DAY_MS);
    expect(listeners.logged('a certificate has ended')).toMatchObject([
      { level: 50, file: pki.path('desk.pem'), remedy: expect.stringContaining('SIGHUP') as string },
    ]);
  });
});

it('warns half a year before the CA ends', async () => {
  const options = { workingPath: pki.folder, listeners: { client: {} } };
  await (await Listeners.start(options))[Symbol.asyncDispose]();
  await using listeners = await Listeners.start({ ...options, aheadMs: (3650 - 181) * DAY_MS });
  expect(listeners.logged('a certificate')).toEqual([]);
  await listeners.clock.advance(2 * DAY_MS);
  expect(listeners.logged('a certificate ends soon')[0]).toMatchObject({
    file: security('dcvsmbroker_ca.pem'),
    daysLeft: 179,
  });
});
