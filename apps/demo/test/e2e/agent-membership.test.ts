import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Demo } from './start-demo.js';

const BROKER = resolve(__dirname, '../../../broker/dist/main.js');

it('turns a real agent away at once, for good, and takes it back when an operator wants that', async () => {
  await using demo = await Demo.start();
  const runBroker = async (...args: readonly string[]): Promise<string> => {
    const command = [BROKER, ...args, '--config', demo.fleet.brokerConfig];
    return (await promisify(execFile)(process.execPath, command)).stdout;
  };
  const folder = join(demo.folder, 'host-1');
  const credentialsFile = join(folder, 'data', 'credentials.json');
  const { clientId, serverId } = JSON.parse(await readFile(credentialsFile, 'utf8')) as {
    clientId: string;
    serverId: string;
  };
  const becomes = (wanted: string): Promise<true> =>
    demo.eventually(`host-1 to be ${wanted}`, async () => {
      const server = await demo.server(serverId);
      return (server?.UnavailabilityReason ?? server?.Availability) === wanted ? true : null;
    });
  const agentLog = (): Promise<string> => readFile(join(folder, 'log', 'agent.log'), 'utf8');

  await runBroker('unregister-agent-client', '--client-id', clientId);
  await becomes('UNREACHABLE_AGENT');
  await demo.eventually('words of the agent', async () =>
    (await agentLog()).includes('was unregistered by an operator') ? true : null,
  );
  expect(await runBroker('describe-agent-clients')).toMatch(
    new RegExp(`"id" : "${clientId}",\\s+"active" : false`),
  );

  const printed = await runBroker('generate-software-statement', '--max-uses', '1');
  await writeFile(join(folder, 'software-statement'), printed.replace('software-statement: ', ''));
  await rm(credentialsFile);
  await becomes('AVAILABLE');
  const text = await agentLog();
  expect(text).toContain(`remove ${credentialsFile}`);
  expect(text).not.toContain(printed.slice(-40).trim());
});
