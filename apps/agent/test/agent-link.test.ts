import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { create, interfaceOf, TestHost, until } from './test-agent.js';
import { TestBroker } from './test-broker.js';

// Real processes and sockets: a busy machine may need longer than jest's five seconds.
jest.setTimeout(30_000);

describe('the link of an agent', () => {
  let broker: TestBroker;
  let host: TestHost;
  beforeEach(async () => {
    broker = await TestBroker.start();
    host = new TestHost();
  });
  afterEach(async () => {
    await host.dispose();
    await broker.vanish();
  });

  const logged = (words: string): boolean => host.logLines.some((line) => line.includes(words));
  const linked = async (): Promise<Awaited<ReturnType<TestBroker['nextHello']>>> => {
    const hello = broker.nextHello();
    const linksBefore = host.logLines.filter((line) => line.includes('linked to the broker')).length;
    await host.start(broker.port);
    const said = await hello;
    await until(
      () => host.logLines.filter((line) => line.includes('linked to the broker')).length > linksBefore,
    );
    return said;
  };

  it('says who it is and what is there', async () => {
    host.addSession('made-here');
    writeFileSync(join(host.folder, 'tags', 'owner'), "pool = 'cad'\n");
    const hello = await linked();
    expect(Buffer.from(hello.serverId, 'base64').toString()).toMatch(
      /^workstation-1-10\.1\.2\.3-[0-9a-f]{32}$/,
    );
    expect(hello.previousServerIds).toEqual([]);
    const { facts, load, dcv } = hello.report;
    expect(facts).toMatchObject({
      hostname: 'workstation-1',
      ip: '10.1.2.3',
      dcvVersion: '2024.0.19030',
      agentVersion: '0.1.0',
      os: { family: 'linux' },
      endpoints: [{ ipAddress: '10.1.2.3', port: 8443, protocol: 'HTTP', webUrlPath: '/' }],
      tags: [{ key: 'pool', value: 'cad' }],
      limits: { maxVirtualSessions: 4, maxVirtualSessionsPerUser: 1 },
    });
    expect(facts.cpu.numberOfCpus).toBeGreaterThan(0);
    expect(facts.memoryTotalBytes).toBeGreaterThan(load.memoryUsedBytes);
    expect(dcv).toMatchObject({
      healthy: true,
      sessions: [{ id: 'made-here', owner: 'bob', name: 'made here' }],
    });
  });

  it('beats, and logs an accepted report with the words that operators look for', async () => {
    await linked();
    await broker.next('heartbeat');
    const report = broker.next('report');
    broker.send({ type: 'report-now' });
    expect((await report).requestId).toMatch(/^[0-9a-f]{32}$/);
    await until(() => logged('sessionsUpdateResponse'));
    const line = host.logLines.findLast((text) => text.includes('sessionsUpdateResponse'))!;
    expect(line.match(/success/g)).toHaveLength(1);
  });

  it('comes back by itself with the same id when the broker vanished', async () => {
    const { serverId } = await linked();
    const { port } = broker;
    await broker.vanish();
    broker = await TestBroker.start({ port });
    expect((await broker.nextHello()).serverId).toBe(serverId);
  });

  it('keeps the id and the sessions over a restart of the agent', async () => {
    const { serverId } = await linked();
    await broker.order('c1', create('s-1'));
    await host.stop();
    const again = await linked();
    expect(again.serverId).toBe(serverId);
    expect(again.report.dcv).toMatchObject({ sessions: [{ id: 's-1' }] });
  });

  it('gives the outcome again over the next link when the first one was lost meanwhile', async () => {
    await linked();
    host.set('hold-create');
    broker.command('c1', create('s-1'));
    await until(() => host.has('creating'));
    const hello = broker.nextHello();
    broker.link.terminate();
    await hello;
    host.unset('hold-create');
    await until(() => logged('"outcome":"created"'));
    expect(await broker.order('c1', create('s-1'))).toMatchObject({
      kind: 'created',
      session: { id: 's-1' },
    });
    expect(host.calls('create-session')).toHaveLength(1);
  });

  it('finds out that a link is half-open', async () => {
    await linked();
    const hello = broker.nextHello();
    broker.link.pause();
    await hello;
    expect(logged('the broker has been silent too long')).toBe(true);
  });

  it('begins anew after the machine was asleep', async () => {
    await linked();
    const hello = broker.nextHello();
    host.clock.wallMs += 3_600_000;
    await hello;
    expect(logged('this machine was asleep')).toBe(true);
  });

  it('tries again after a refusal and says why it was refused', async () => {
    broker.refusals.push('not today');
    const first = broker.nextHello();
    await host.start(broker.port);
    await first;
    await broker.nextHello();
    expect(logged('not today')).toBe(true);
  });

  it('skips messages that it does not know or cannot read', async () => {
    await linked();
    broker.link.send('{"type":"dance","steps":3}');
    broker.link.send('{"type":"command","commandId":7}');
    broker.link.send('not json');
    broker.link.send(Buffer.from([1, 2, 3]));
    expect(await broker.order('c1', create('s-1'))).toMatchObject({ kind: 'created' });
    expect(broker.sockets).toHaveLength(1);
  });

  it('gets a new id when the host is renamed, offers the old one, and forgets it when welcomed', async () => {
    const before = await linked();
    const hello = broker.nextHello();
    host.hostname = 'renamed';
    broker.send({ type: 'report-now' });
    const after = await hello;
    expect(after.serverId).not.toBe(before.serverId);
    expect(after.previousServerIds).toEqual([before.serverId]);
    const file = join(host.folder, 'data', 'identity.json');
    await until(() => readFileSync(file, 'utf8').includes('"previousServerIds": []'));
  });

  it('waits for an address instead of binding an id to none', async () => {
    host.interfaces = {};
    await host.start(broker.port);
    await until(() => logged('this host has no address yet'));
    const hello = broker.nextHello();
    host.interfaces = interfaceOf('10.9.9.9');
    expect((await hello).report.facts.ip).toBe('10.9.9.9');
    expect((await Promise.resolve(broker.received)).filter(({ type }) => type === 'hello')).toHaveLength(1);
  });

  it('tells that DCV does not answer, and that it is back', async () => {
    host.set('list-fails');
    const hello = await linked();
    expect(hello.report.dcv).toEqual({
      healthy: false,
      problem: expect.stringContaining('could not connect'),
    });
    expect(await broker.order('c1', create('s-1'))).toMatchObject({
      kind: 'failed',
      sessionMissing: false,
      reason: expect.stringContaining('DCV cannot be asked'),
    });
    host.unset('list-fails');
    broker.send({ type: 'report-now' });
    await until(() =>
      broker.received.some((message) => message.type === 'report' && message.report.dcv.healthy),
    );
  });

  it('removes the files of sessions that ended by themselves', async () => {
    await linked();
    mkdirSync(join(host.folder, 'data', 'sessions', 'f'.repeat(32)), { recursive: true });
    const permissionsFile = Buffer.from('x').toString('base64');
    await broker.order('c1', create('s-1', { permissionsFile }));
    broker.send({ type: 'report-now' });
    await until(() => host.sessionFolders.length === 1);
    expect(host.sessionFolders).not.toContain('f'.repeat(32));
  });

  it('does not talk to a broker whose certificate it cannot check, and says what to do', async () => {
    const config = host.config(broker.port);
    host.config = () => ({ ...config, broker: { ...config.broker, caFile: undefined } });
    await host.start(broker.port);
    await until(() => logged('agent.ca_file'));
    expect(broker.received).toEqual([]);
  });
});
