import { chmod, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { describeWithNats, NatsServer } from '../exchange/nats-servers.js';
import { BrokerProgram } from './broker-program.js';
import { linkAgent } from './link-agent.js';

const Findings = z.array(
  z.object({
    check: z.string(),
    level: z.enum(['ok', 'warn', 'fail']),
    message: z.string(),
    remedy: z.string().nullable(),
  }),
);

interface Examined {
  readonly code: number;
  /** `level check: message`, one a line. */
  readonly found: string;
}

async function examine(broker: BrokerProgram): Promise<Examined> {
  const { code, stdout, stderr } = await broker.run('doctor', '--json');
  expect(stderr).toBe('');
  const findings = Findings.parse(JSON.parse(stdout));
  for (const { level, remedy, message } of findings) {
    // What has failed comes with a way to mend it.
    if (level === 'fail') expect({ message, remedy }).toEqual({ message, remedy: expect.any(String) });
  }
  return {
    code,
    found: findings.map(({ check, level, message }) => `${level} ${check}: ${message}`).join('\n'),
  };
}

it('looks at a broker that is down, and changes nothing', async () => {
  await using broker = await BrokerProgram.install();
  const before = await readdir(broker.folder);
  const { code, found } = await examine(broker);
  expect({ code, found }).toMatchObject({ code: 0, found: expect.not.stringContaining('fail ') });
  expect(found).toContain('warn broker: no broker runs with this configuration');
  expect(found).toContain('not there yet');
  expect(await readdir(broker.folder)).toEqual(before);
});

it('names everything that is wrong while the broker is down', async () => {
  await using broker = await BrokerProgram.start();
  await broker.stop();
  await chmod(join(broker.workingPath, 'security', 'dcvsmbroker_ca.key'), 0o644);
  await writeFile(join(broker.workingPath, 'broker.db'), 'x'.repeat(8192));
  const { code, found } = await examine(broker);
  expect(code).toBe(1);
  expect(found).toMatch(/fail files: .*dcvsmbroker_ca\.key has mode 644/);
  expect(found).toMatch(/fail certificates: .*dcvsmbroker_ca\.key has mode 644/);
  expect(found).toMatch(/fail database: .* is no SQLite database/);
});

it('looks at a running broker and at its hosts', async () => {
  await using broker = await BrokerProgram.start(['enable-agent-authorization = false']);
  const agent = await linkAgent(broker, 'host-1');
  expect(await examine(broker)).toMatchObject({
    code: 0,
    found: expect.stringContaining('ok agents: 1 server, all linked, DCV answers on each'),
  });
  agent.dcvProblem = 'dcv ended with code 1';
  await agent.report();
  const { code, found } = await examine(broker);
  expect(code).toBe(1);
  expect(found).toContain('fail agents: host-1');
  expect(found).toContain('dcv ended with code 1');
  expect(found).toContain('ok database: the store (sqlite) answers');
  expect(found).toMatch(/ok ports: the client port \d+ answers/);
  await agent.disconnect();
});

it('names each problem of the configuration with its line, and goes on as far as it can', async () => {
  await using broker = await BrokerProgram.install(['log-level = loud']);
  const { code, stdout } = await broker.run('doctor');
  expect(code).toBe(1);
  expect(stdout).toContain(`${broker.configFile}:6: log-level`);
  expect(stdout).toMatch(/\nnode {10}ok/);
  expect(stdout).toMatch(/\n1 failure, \d warnings?, \d in order\n$/);
});

describeWithNats('doctor and NATS', () => {
  const shared = [
    'enable-persistence = true',
    'persistence-db = mysql',
    'jdbc-connection-url = jdbc:mysql://root@127.0.0.1/never_opened',
  ];

  it('tries the connection as the configuration says, and tells no password', async () => {
    const server = await NatsServer.start('authorization: { user: "broker", password: "let me in" }');
    const url = (password: string): string =>
      `cluster-nats-url = nats://broker:${encodeURIComponent(password)}@127.0.0.1:${server.port}`;
    await using right = await BrokerProgram.install([...shared, url('let me in')]);
    expect((await examine(right)).found).toContain(`ok nats: 127.0.0.1:${server.port} answers`);
    await using wrong = await BrokerProgram.install([...shared, url('a-guess')]);
    const { code, found } = await examine(wrong);
    expect(code).toBe(1);
    expect(found).toMatch(/fail nats: no NATS server .* lets this broker in .*authorization/i);
    expect(found).not.toContain('a-guess');
    await server.stop();
    expect((await examine(right)).found).toMatch(/fail nats: .*connection refused/i);
  });
});
