import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLog, systemClock, systemRandom } from '@dcvsm/runtime';
import type { NatsAddress } from '../../src/cluster/nats-address.js';
import { NatsExchange } from '../../src/cluster/nats-exchange.js';
import { issue, issueCa } from '../certificates/pki.js';
import { TcpProxy } from '../contract/tcp-proxy.js';
import { exchangeContract } from './exchange-contract.js';
import { issueCredentials } from './nats-credentials.js';
import { describeWithNats, NatsServer } from './nats-servers.js';

const PATIENCE_MS = 20_000;
let clusters = 0;

function openExchange(address: NatsAddress, cluster: string): Promise<NatsExchange> {
  const parts = { clock: systemClock(), random: systemRandom(), log: silentLog() };
  return NatsExchange.open({ address, cluster, broker: 'a test', ...parts });
}

function connection(exchange: NatsExchange, isConnected: boolean): Promise<void> {
  return new Promise((resolve) => {
    if (exchange.isConnected === isConnected) return resolve();
    const stop = exchange.onConnectionChange((is) => {
      if (is !== isConnected) return;
      stop();
      resolve();
    });
  });
}

describeWithNats('brokers over NATS', () => {
  let server: NatsServer;
  let proxy: TcpProxy;

  beforeAll(async () => {
    server = await NatsServer.start();
    proxy = await TcpProxy.to({ host: '127.0.0.1', port: server.port });
  });

  afterAll(async () => {
    await proxy.close();
    await server.stop();
  });

  exchangeContract('NatsExchange', async () => {
    const cluster = `test ${(clusters += 1)}`;
    proxy.turn('open');
    const one = await openExchange({ ...server.address, servers: [`127.0.0.1:${proxy.port}`] }, cluster);
    const other = await openExchange(server.address, cluster);
    return {
      one,
      other,
      disconnect: () => {
        proxy.turn('refusing');
        return connection(one, false);
      },
      reconnect: () => {
        proxy.turn('open');
        return connection(one, true);
      },
      waitOut: () => Promise.resolve(),
    };
  });

  it('keeps clusters apart', async () => {
    const [one, other] = await Promise.all(['a.b', 'a.c'].map((name) => openExchange(server.address, name)));
    other!.serve('ask', (payload) => Promise.resolve(payload));
    await other!.flush();
    expect(await one!.request('ask', Buffer.from('?'), PATIENCE_MS)).toEqual({
      kind: 'no-answer',
      why: 'nobody-serves',
    });
    await Promise.all([one!.close(), other!.close()]);
  });

  it('answers a request in its time when the server has fallen silent', async () => {
    proxy.turn('open');
    const address = { ...server.address, servers: [`127.0.0.1:${proxy.port}`] };
    const exchange = await openExchange(address, `test ${(clusters += 1)}`);
    exchange.serve('ask', (payload) => Promise.resolve(payload));
    expect(await exchange.flush()).toBe(true);
    proxy.turn('silent');
    const answer = await exchange.request('ask', Buffer.from('?'), 50);
    expect(answer).toEqual({ kind: 'no-answer', why: 'timed-out' });
    proxy.turn('open');
    await connection(exchange, false);
    await connection(exchange, true);
    await exchange.flush();
    expect((await exchange.request('ask', Buffer.from('?'), PATIENCE_MS)).kind).toBe('answer');
    await exchange.close();
  });

  it('goes on at another server when its own is gone, and comes back with what it had subscribed', async () => {
    const [first, second] = await Promise.all([NatsServer.start(), NatsServer.start()]);
    const servers = [first.port, second.port].map((port) => `127.0.0.1:${port}`);
    const cluster = `test ${(clusters += 1)}`;
    const exchange = await openExchange({ ...first.address, servers }, cluster);
    const heard = new Promise<string>((resolve) =>
      exchange.subscribe('news', (payload) => resolve(Buffer.from(payload).toString())),
    );
    await exchange.flush();
    // Whichever it has chosen.
    const changes: boolean[] = [];
    exchange.onConnectionChange((isConnected) => changes.push(isConnected));
    await first.stop();
    if (!(await exchange.flush())) await connection(exchange, true);
    await exchange.flush();
    exchange.publish('news', Buffer.from('still here'));
    expect(await heard).toBe('still here');
    expect([[], [false, true]]).toContainEqual(changes);
    await exchange.close();
    await second.stop();
  });
});

describeWithNats('who may speak over NATS', () => {
  it('names itself by user and password', async () => {
    const server = await NatsServer.start('authorization: { user: "broker", password: "let me in" }');
    const right = await openExchange({ ...server.address, user: 'broker', password: 'let me in' }, 'test');
    expect(right.isConnected).toBe(true);
    await right.close();
    await server.stop();
  });

  it('needs no more rights than deploy/ha gives it', async () => {
    const conf = readFileSync(join(__dirname, '../../../../deploy/ha/nats-server.conf'), 'utf8');
    const permissions = /permissions: .*/.exec(conf)?.[0];
    const user = `{ user: "broker", password: "let me in", ${permissions} }`;
    const server = await NatsServer.start(`authorization: { users: [ ${user} ] }`);
    const exchange = await openExchange({ ...server.address, user: 'broker', password: 'let me in' }, 'test');
    exchange.serve('ask', (payload) => Promise.resolve(payload));
    await exchange.flush();
    const answer = await exchange.request('ask', Buffer.from('?'), PATIENCE_MS);
    expect(answer.kind).toBe('answer');
    expect(await exchange.request('others', Buffer.from('?'), PATIENCE_MS)).toMatchObject({
      why: 'nobody-serves',
    });
    await exchange.close();
    await server.stop();
  });

  it('names itself by a token', async () => {
    const server = await NatsServer.start('authorization: { token: "a word" }');
    const right = await openExchange({ ...server.address, token: 'a word' }, 'test');
    expect(right.isConnected).toBe(true);
    await right.close();
    await server.stop();
  });

  it('names itself by a credentials file, which is read for each connection', async () => {
    const { configuration, file } = issueCredentials();
    const server = await NatsServer.start(configuration, { 'right.creds': file });
    const credentialsFile = join(server.folder, 'broker.creds');
    // Those of another operator's user, until they are replaced.
    writeFileSync(credentialsFile, issueCredentials().file);
    const exchange = await openExchange({ ...server.address, credentialsFile }, 'test');
    expect(exchange.isConnected).toBe(false);
    copyFileSync(join(server.folder, 'right.creds'), credentialsFile);
    await connection(exchange, true);
    exchange.serve('ask', (payload) => Promise.resolve(payload));
    await exchange.flush();
    expect((await exchange.request('ask', Buffer.from('?'), PATIENCE_MS)).kind).toBe('answer');
    await exchange.close();
    await server.stop();
  });

  it('says why it is not let in, and goes on trying', async () => {
    const server = await NatsServer.start('authorization: { user: "broker", password: "let me in" }');
    const wrong = await openExchange({ ...server.address, user: 'broker', password: 'a guess' }, 'test');
    expect(wrong.isConnected).toBe(false);
    expect(wrong.problem).toMatch(/authorization/i);
    expect(await wrong.request('ask', Buffer.from('?'), 1000)).toEqual({
      kind: 'no-answer',
      why: 'disconnected',
    });
    await wrong.close();
    await server.stop();
  });
});

describeWithNats('TLS to NATS', () => {
  const authority = issueCa('messages');
  const { pem, keyPem } = issue('localhost', { issuer: authority, names: ['localhost'] });
  const files = { 'ca.pem': authority.pem, 'key.pem': keyPem, 'cert.pem': pem };
  const configuration = 'tls: { cert_file: "@/cert.pem", key_file: "@/key.pem" }';

  it('is used with the authority that was named', async () => {
    const server = await NatsServer.start(configuration, files);
    const address = { ...server.address, servers: [`localhost:${server.port}`], tls: true };
    const exchange = await openExchange({ ...address, caFile: `${server.folder}/ca.pem` }, 'test');
    expect(exchange.problem).toBeNull();
    expect(exchange.isConnected).toBe(true);
    await exchange.close();
    const stranger = await openExchange({ ...address, caFile: null }, 'test');
    expect(stranger.isConnected).toBe(false);
    expect(stranger.problem).toMatch(/certificate/i);
    await stranger.close();
    await server.stop();
  });

  it('asks the certificate for the address where the server is known by it', async () => {
    const server = await NatsServer.start(configuration, files);
    const byAddress = { ...server.address, tls: true, caFile: `${server.folder}/ca.pem` };
    const refused = await openExchange(byAddress, 'test');
    expect(refused.problem).toMatch(/127\.0\.0\.1|IP/);
    await refused.close();
    await server.stop();
    const other = issue('by address', { issuer: authority, names: ['127.0.0.1'] });
    const certified = await NatsServer.start(configuration, {
      ...files,
      'key.pem': other.keyPem,
      'cert.pem': other.pem,
    });
    const exchange = await openExchange(
      { ...byAddress, servers: [`127.0.0.1:${certified.port}`], caFile: `${certified.folder}/ca.pem` },
      'test',
    );
    expect(exchange.isConnected).toBe(true);
    await exchange.close();
    await certified.stop();
  });

  it('is not given up because the server has none', async () => {
    const server = await NatsServer.start();
    const exchange = await openExchange({ ...server.address, tls: true }, 'test');
    expect(exchange.isConnected).toBe(false);
    expect(exchange.problem).toMatch(/tls/i);
    await exchange.close();
    await server.stop();
  });
});
