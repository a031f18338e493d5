import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { interfaceOf, TestHost, until } from './test-agent.js';
import { TestAuthority } from './test-authority.js';
import { TestBroker } from './test-broker.js';

// Real processes and sockets: a busy machine may need longer than jest's five seconds.
jest.setTimeout(30_000);

const STATEMENT = 'a-software-statement-for-this-test';

describe('an agent at a broker that asks who it is', () => {
  let authority: TestAuthority;
  let broker: TestBroker;
  let host: TestHost;
  beforeEach(async () => {
    authority = new TestAuthority();
    authority.statements.add(STATEMENT);
    broker = await TestBroker.start({ authority });
    host = new TestHost();
  });
  afterEach(async () => {
    await host.dispose();
    await broker.vanish();
  });

  const statementFile = (): string => join(host.folder, 'default-software-statement');
  const credentialsFile = (): string => join(host.folder, 'data', 'credentials.json');
  const credentials = (): { clientId: string; serverId: string } =>
    JSON.parse(readFileSync(credentialsFile(), 'utf8')) as { clientId: string; serverId: string };
  const giveStatement = (text = `${STATEMENT}\n`): void =>
    writeFileSync(statementFile(), text, { mode: 0o600 });
  const logged = (words: string): boolean => host.logLines.some((line) => line.includes(words));
  const restart = async (): Promise<string> => {
    await host.stop();
    const hello = broker.nextHello();
    await host.start(broker.port);
    return (await hello).serverId;
  };

  it('registers once, keeps its credentials for nobody else, and links with a token', async () => {
    giveStatement();
    const first = await restart();
    expect(statSync(credentialsFile()).mode & 0o777).toBe(0o600);
    expect(credentials()).toEqual({
      clientId: 'client-1',
      clientSecret: 'secret-of-client-1',
      serverId: first,
    });
    expect(authority.clients.get('client-1')).toMatchObject({ name: 'workstation-1' });
    expect(await restart()).toBe(first);
    expect(authority.clients.size).toBe(1);
  });

  it('logs neither its statement, nor its secret, nor a token', async () => {
    giveStatement('another-statement-that-is-refused');
    await host.start(broker.port);
    await until(() => logged('is used up'));
    giveStatement();
    await broker.nextHello();
    authority.tokens.length = 0;
    broker.link.terminate();
    await broker.nextHello();
    const all = host.logLines.join('');
    for (const secret of ['statement-for-this-test', 'statement-that-is-refused', 'secret-of', 'token-']) {
      expect(all).not.toContain(secret);
    }
  });

  it('says what to do when it has no statement, and goes on as soon as there is one', async () => {
    await host.start(broker.port);
    await until(() => logged('no good token') && logged('default-software-statement from the broker'));
    giveStatement();
    await broker.nextHello();
  });

  it.each<[string, () => void, string]>([
    ['that others can read', () => chmodSync(statementFile(), 0o644), 'chmod 640'],
    ['that is empty', () => giveStatement('\n'), 'is empty'],
    ['that the broker refuses', () => giveStatement('nonsense'), 'the software statement is used up'],
  ])('does not register with a statement %s', async (_, spoil, words) => {
    giveStatement();
    spoil();
    await host.start(broker.port);
    await until(() => logged(words));
    expect(authority.clients.size).toBe(0);
  });

  it('does not use credentials that others could have read', async () => {
    giveStatement();
    await restart();
    await host.stop();
    chmodSync(credentialsFile(), 0o644);
    const tokensBefore = authority.tokens.length;
    await host.start(broker.port);
    await until(() => logged('chmod 600'));
    expect([authority.tokens.length, authority.clients.size]).toEqual([tokensBefore, 1]);
    chmodSync(credentialsFile(), 0o600);
    await broker.nextHello();
  });

  it('renews its token over the link before it ends', async () => {
    authority.tokenSeconds = 1;
    giveStatement();
    await host.start(broker.port);
    await broker.nextHello();
    const { token } = await broker.next('renew-token');
    expect(token).toBe(authority.tokens.at(-1));
    const again = await broker.next('renew-token');
    expect(again.token).not.toBe(token);
    expect(broker.sockets).toHaveLength(1);
  });

  it('keeps its link while no new token is to be had, and asks again', async () => {
    authority.tokenSeconds = 1;
    giveStatement();
    await host.start(broker.port);
    await broker.nextHello();
    authority.outages.push({ status: 503 }, { status: 500 });
    await broker.next('renew-token');
    expect(broker.sockets).toHaveLength(1);
    expect(logged('could not be renewed')).toBe(true);
  });

  it('registers anew when the broker lost its state', async () => {
    giveStatement();
    const first = await restart();
    authority.clients.clear();
    authority.tokens.length = 0;
    broker.link.terminate();
    expect((await broker.nextHello()).serverId).toBe(first);
    expect(credentials()).toMatchObject({ clientId: [...authority.clients.keys()][0] });
  });

  it('stays out when it was unregistered, and joins again only when somebody removes its credentials', async () => {
    giveStatement();
    await restart();
    authority.clients.get('client-1')!.state = 'unregistered';
    authority.tokens.length = 0;
    broker.link.terminate();
    await until(() => host.logLines.filter((line) => line.includes('it is unregistered')).length >= 2);
    expect(authority.clients.size).toBe(1);
    expect(logged(`remove ${credentialsFile()}`)).toBe(true);
    rmSync(credentialsFile());
    await broker.nextHello();
    expect(authority.clients.size).toBe(2);
  });

  it('waits as long as the broker asks for', async () => {
    giveStatement();
    authority.outages.push({ status: 429, headers: { 'Retry-After': '7' } });
    await host.start(broker.port);
    await until(() => logged('"delayMs":7000'));
  });

  it('keeps its credentials when the host is renamed', async () => {
    giveStatement();
    const before = await restart();
    host.hostname = 'workstation-2';
    await host.stop();
    const hello = broker.nextHello();
    await host.start(broker.port);
    const { serverId, previousServerIds } = await hello;
    expect(previousServerIds).toEqual([before]);
    await until(() => credentials().serverId === serverId);
    expect(authority.clients.size).toBe(1);
    await restart();
    expect(authority.clients.size).toBe(1);
  });

  it('registers for itself when its disk is a copy of another machine’s', async () => {
    giveStatement();
    await restart();
    host.hostname = 'copy';
    host.interfaces = interfaceOf('10.1.2.99', '02:00:00:00:00:99');
    await restart();
    expect([...authority.clients.values()].map(({ name }) => name)).toEqual(['workstation-1', 'copy']);
  });
});

describe('an agent at a broker that asks nobody who he is', () => {
  it('links without a token, with a statement and without one', async () => {
    const broker = await TestBroker.start();
    const host = new TestHost();
    await host.start(broker.port);
    await broker.nextHello();
    await host.stop();
    writeFileSync(join(host.folder, 'default-software-statement'), STATEMENT, { mode: 0o600 });
    await host.start(broker.port);
    await broker.nextHello();
    expect(existsSync(join(host.folder, 'data', 'credentials.json'))).toBe(false);
    await host.dispose();
    await broker.vanish();
  });
});
