import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { create, TestHost, until } from './test-agent.js';
import { TestBroker } from './test-broker.js';

// Real processes and sockets: a busy machine may need longer than jest's five seconds.
jest.setTimeout(30_000);

describe('an agent with a broker, given commands', () => {
  let broker: TestBroker;
  let host: TestHost;
  beforeEach(async () => {
    broker = await TestBroker.start();
    host = new TestHost();
    const hello = broker.nextHello();
    await host.start(broker.port);
    await hello;
    await until(() => host.logLines.some((line) => line.includes('linked to the broker')));
  });
  afterEach(async () => {
    await host.dispose();
    await broker.vanish();
  });

  it('creates a session, describes it and reports it at once', async () => {
    const report = broker.next('report');
    const outcome = await broker.order('c1', create('s-1'));
    expect(outcome).toEqual({
      kind: 'created',
      session: {
        id: 's-1',
        name: 'my session',
        owner: 'alice',
        type: 'VIRTUAL',
        connections: 0,
        createdAt: '2026-01-01T00:00:00.123Z',
      },
    });
    expect(host.calls('create-session')).toEqual([
      'create-session --type virtual --name my session --user alice --owner alice s-1',
    ]);
    expect((await report).report.dcv).toMatchObject({ healthy: true, sessions: [{ id: 's-1' }] });
  });

  it('carries out a command that comes twice, or a hundred times, once', async () => {
    host.set('hold-create');
    const outcome = broker.next('outcome');
    for (let n = 0; n < 100; n += 1) broker.command('c1', create('s-1'));
    await until(() => host.has('creating'));
    host.unset('hold-create');
    const first = (await outcome).outcome;
    expect(await broker.order('c1', create('s-1'))).toEqual(first);
    expect(host.calls('create-session')).toHaveLength(1);
  });

  it('answers with the session that is there when another command wants to create it', async () => {
    await broker.order('c1', create('s-1'));
    expect(await broker.order('c2', create('s-1'))).toMatchObject({
      kind: 'created',
      session: { id: 's-1' },
    });
    expect(host.calls('create-session')).toHaveLength(1);
  });

  it('starts nothing after the deadline', async () => {
    const outcome = await broker.order('c1', create('s-1'), 0);
    expect(outcome).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('before it could begin'),
    });
    expect(host.calls('create-session')).toEqual([]);
  });

  it('closes a session that was ready too late', async () => {
    // The jump of the clock below would make the agent miss the heartbeats of a quick broker.
    const { port } = broker;
    await broker.vanish();
    broker = await TestBroker.start({ heartbeatMs: 60_000, port });
    await broker.nextHello();
    host.set('hold-create');
    const outcome = broker.next('outcome');
    broker.command(
      'c1',
      create('s-1', { permissionsFile: Buffer.from('[permissions]').toString('base64') }),
      60_000,
    );
    await until(() => host.has('creating'));
    host.clock.monotonicShiftMs += 60_000;
    host.unset('hold-create');
    expect((await outcome).outcome).toEqual({
      kind: 'failed',
      reason: 'The session was not ready in time',
      sessionMissing: true,
    });
    expect(host.sessions).toEqual([]);
    expect(host.sessionFolders).toEqual([]);
  });

  it('closes a session that appears after its creation was given up', async () => {
    await host.stop();
    const { dcv, ...config } = host.config(broker.port);
    host.config = () => ({ ...config, dcv: { ...dcv, createTimeoutMs: 200 } });
    await host.start(broker.port);
    await until(() => broker.sockets.length === 2);
    host.set('hold-create');
    expect(await broker.order('c1', create('s-1'))).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('did not end within 0.2 s'),
    });
    host.addSession('s-1');
    broker.send({ type: 'report-now' });
    await until(() => host.sessions.length === 0);
  });

  it('passes on what DCV says against it, in one line, and leaves no files', async () => {
    host.set('create-fails', 'max sessions\nreached\u001b[31m');
    const permissionsFile = Buffer.from('[permissions]').toString('base64');
    expect(await broker.order('c1', create('s-1', { permissionsFile }))).toEqual({
      kind: 'failed',
      reason: 'dcv create-session failed (exit code 1): max sessions reached [31m',
      sessionMissing: true,
    });
    expect(host.sessionFolders).toEqual([]);
  });

  it('writes the permissions and the init script of a session and removes them with it', async () => {
    const program = join(host.folder, 'autorun', "it's.sh");
    writeFileSync(program, '#!/bin/sh\n');
    chmodSync(program, 0o755);
    const permissionsFile = Buffer.from('[permissions]\n%owner% allow builtin\n').toString('base64');
    const wanted = create('s-1', {
      permissionsFile,
      autorunFile: "it's.sh",
      autorunFileArguments: ['a b', '$(id)'],
    });
    expect(await broker.order('c1', wanted)).toMatchObject({ kind: 'created' });
    const [folder] = host.sessionFolders;
    const path = (name: string): string => join(host.folder, 'data', 'sessions', folder!, name);
    expect(readFileSync(path('permissions'), 'utf8')).toBe('[permissions]\n%owner% allow builtin\n');
    expect(readFileSync(path('init.sh'), 'utf8')).toContain(
      `it'\\''s.sh' 'a b' '$(id)' &\nexec '/bin/true' "$@"\n`,
    );
    expect(host.calls('create-session')[0]).toContain(`--init ${path('init.sh')} s-1`);
    expect(await broker.order('d1', { kind: 'delete-session', sessionId: 's-1' })).toEqual({
      kind: 'deleted',
    });
    expect(host.sessions).toEqual([]);
    expect(existsSync(path('init.sh'))).toBe(false);
  });

  it('deletes what does not exist without complaint', async () => {
    expect(await broker.order('d1', { kind: 'delete-session', sessionId: 'none' })).toEqual({
      kind: 'deleted',
    });
    expect(host.calls('close-session')).toEqual([]);
  });

  it('refuses values that the dcv command would take for options', async () => {
    expect(await broker.order('c1', create('s-1', { name: '--init=/etc/passwd' }))).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('begins with -'),
    });
    expect(await broker.order('c2', create('--help'))).toMatchObject({ kind: 'failed' });
    expect(host.calls('create-session')).toEqual([]);
  });

  it('sets permissions, and says when the session is missing', async () => {
    const permissionsFile = Buffer.from('new').toString('base64');
    const wanted = { kind: 'set-permissions', sessionId: 's-1', permissionsFile } as const;
    expect(await broker.order('p1', wanted)).toMatchObject({ kind: 'failed', sessionMissing: true });
    host.addSession('s-1');
    expect(await broker.order('p2', wanted)).toEqual({ kind: 'permissions-set' });
    expect(readFileSync(join(host.folder, 'dcv', 'permissions-of-s-1'), 'utf8')).toBe('new');
  });

  it('sends a picture in parts ahead of the outcome', async () => {
    host.addSession('s-1');
    const magic = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    const base64 = Buffer.concat([magic, Buffer.alloc(600_000, 7)]).toString('base64');
    host.set('picture', base64);
    const wanted = {
      kind: 'take-screenshot',
      sessionId: 's-1',
      maxWidth: 800,
      maxHeight: 600,
      format: 'png',
    } as const;
    const outcome = await broker.order('g1', wanted);
    expect(outcome).toMatchObject({
      kind: 'screenshot',
      picture: { format: 'png', primary: true, parts: 4 },
    });
    const parts = broker.received.flatMap((message) =>
      message.type === 'picture-part' ? [message.data] : [],
    );
    expect(parts.join('')).toBe(base64);
    expect(broker.received.at(-1)?.type).toBe('outcome');
  });

  it('takes a picture through a file from a DCV that prints no JSON', async () => {
    host.addSession('s-1');
    const base64 = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3, 4, 5]).toString('base64');
    host.set('picture', base64);
    host.set('no-json');
    const wanted = {
      kind: 'take-screenshot',
      sessionId: 's-1',
      maxWidth: 8,
      maxHeight: 6,
      format: 'jpeg',
    } as const;
    expect(await broker.order('g1', wanted)).toMatchObject({
      kind: 'screenshot',
      picture: { format: 'jpeg', parts: 1 },
    });
    const part = broker.received.find((message) => message.type === 'picture-part');
    expect(part).toMatchObject({ data: base64 });
  });

  it('does not send what is no picture', async () => {
    host.addSession('s-1');
    host.set('picture', Buffer.from('<svg onload="alert(1)"/>').toString('base64'));
    const wanted = {
      kind: 'take-screenshot',
      sessionId: 's-1',
      maxWidth: 800,
      maxHeight: 600,
      format: 'png',
    } as const;
    expect(await broker.order('g1', wanted)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('neither'),
    });
    expect(broker.received.some((message) => message.type === 'picture-part')).toBe(false);
  });

  it('does not send a listing from before a session was created', async () => {
    // The report lists while the create runs; the listing is only sent after the outcome, and must know the session.
    host.set('hold-create');
    const outcome = broker.next('outcome');
    broker.command('c1', create('s-1'));
    await until(() => host.has('creating'));
    for (let n = 0; n < 5; n += 1) broker.send({ type: 'report-now' });
    host.unset('hold-create');
    await outcome;
    const answeredAt = broker.received.findIndex((message) => message.type === 'outcome');
    await broker.next('report');
    for (const message of broker.received.slice(answeredAt)) {
      if (message.type !== 'report' || !message.report.dcv.healthy) continue;
      expect(message.report.dcv.sessions.map(({ id }) => id)).toEqual(['s-1']);
    }
  });
});
