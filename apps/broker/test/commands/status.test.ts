import { join } from 'node:path';
import { BrokerStatus } from '../../src/admin/broker-status.js';
import { BrokerProgram } from './broker-program.js';
import { linkAgent } from './link-agent.js';

let broker: BrokerProgram;
beforeEach(async () => {
  broker = await BrokerProgram.start(['enable-agent-authorization = false']);
});
afterEach(() => broker[Symbol.asyncDispose]());

async function statusNow(): Promise<BrokerStatus> {
  return BrokerStatus.parse(JSON.parse(await broker.prints('status', '--json')));
}

it('shows a healthy broker, with exit code 0', async () => {
  await broker.prints('register-api-client', '-cn', 'portal');
  const output = await broker.prints('status');
  expect(output).toContain('healthy');
  expect(output).toContain(broker.configFile);
  expect(output).toMatch(/\nClient port {5}127\.0\.0\.1:\d+, CN=\S+, \d+ days left\n/);
  expect(output).toMatch(/\nAPI clients {5}1 active\n/);
  expect(output).toContain(join(broker.workingPath, 'broker.db'));
  expect(output).not.toContain('\u001b');
});

it('is JSON with --json, which has no secret', async () => {
  const [, password = ''] = /client-password: (\S+)/.exec(
    await broker.prints('register-api-client', '-cn', 'portal'),
  )!;
  const { stdout } = await broker.run('status', '--json');
  const status = BrokerStatus.parse(JSON.parse(stdout));
  expect(status).toMatchObject({
    apiClients: { active: 1, inactive: 0 },
    agentClients: { active: 0, inactive: 0 },
    authorization: { issuesTokens: true, clientsNeedTokens: true, agentsNeedTokens: false },
    store: { kind: 'sqlite' },
    servers: { total: 0, available: 0 },
    problems: [],
  });
  expect(stdout).not.toContain(password);
});

it('says with exit code 2 that something needs a look', async () => {
  const agent = await linkAgent(broker, 'host-1');
  expect(await statusNow()).toMatchObject({ agentLinks: 1, servers: { total: 1, available: 1 } });
  agent.dcvProblem = 'dcv ended with code 1';
  await agent.report();
  const { code, stdout } = await broker.run('status');
  expect(code).toBe(2);
  expect(stdout).toContain('needs a look');
  expect(stdout).toContain('1, 0 AVAILABLE, 1 UNHEALTHY_DCV_SERVER');
  expect(stdout).toMatch(/\nProblem {9}1 of 1 servers/);
  await agent.disconnect();
});

it('says with exit code 1 that no broker runs', async () => {
  await broker.stop();
  const { code, stdout, stderr } = await broker.run('status');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain('no broker answers on');
});
