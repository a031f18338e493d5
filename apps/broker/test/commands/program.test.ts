import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { systemClock } from '@dcvsm/runtime';
import { brokerProgram } from '../../src/cli/program.js';
import { BrokerProgram, runProgram } from './broker-program.js';

it('prints its version', async () => {
  const manifest = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as {
    version: string;
  };
  const printed = { code: 0, stdout: `${manifest.version}\n`, stderr: '' };
  expect(await runProgram(['--version'])).toEqual(printed);
});

it('lists its commands', async () => {
  const { code, stdout, stderr } = await runProgram(['--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const name of ['serve', 'status', 'doctor', 'register-api-client', 'audit']) {
    expect(stdout).toContain(`\n  ${name} `);
  }
});

describe('help', () => {
  const { commands } = brokerProgram({ version: '1.0.0', clock: systemClock() });

  it.each(commands.map((command) => [command.name(), command] as const))(
    'of %s has an example',
    (name, command) => {
      let help = '';
      command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
      expect(help).toContain('--config <file>');
      expect(help).toContain(`\nExample:\n  sudo dcv-session-manager-broker ${name}`);
    },
  );
});

it.each([
  [['statsu'], "unknown command 'statsu'", 'Did you mean status?'],
  [['status', '--jsno'], "unknown option '--jsno'", 'Did you mean --json?'],
  [['register-api-client'], "required option '--client-name <name>'", '--help'],
  [['unregister-api-client'], "required option '--client-id <id>'", '--help'],
  [['status', '--wait', 'long'], 'give a number of seconds', '--help'],
  [['status', 'now'], 'too many arguments', '--help'],
])('%j is refused with words on the standard error', async (args, problem, remedy) => {
  const { code, stdout, stderr } = await runProgram(args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain(problem);
  expect(stderr).toContain(remedy);
});

it('says so when no broker runs, and how to look for it', async () => {
  await using program = await BrokerProgram.install();
  const { code, stdout, stderr } = await program.run('describe-api-clients');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^no broker answers on \S+admin\.sock \(ENOENT\); is it running .*\n$/);
});

it('names every problem of the configuration', async () => {
  await using program = await BrokerProgram.install(['log-level = loud']);
  const { code, stderr } = await program.run('describe-api-clients');
  expect(code).toBe(1);
  expect(stderr).toContain(`${program.configFile}:6: log-level`);
});

it('waits for a broker that is starting when asked to', async () => {
  await using program = await BrokerProgram.install();
  const asked = program.run('register-api-client', '--wait', '60', '-cn', 'portal');
  await program.serve();
  expect(await asked).toMatchObject({ code: 0, stderr: '' });
});

it('says on the standard error what the broker refuses', async () => {
  await using program = await BrokerProgram.start();
  await program.prints('register-api-client', '--name', 'portal');
  const { code, stdout, stderr } = await program.run('register-api-client', '-c', 'portal');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toBe('an API client named "portal" is registered already; choose another name\n');
});

it('takes the port on loopback when the socket is gone', async () => {
  await using broker = await BrokerProgram.start([`cli-to-broker-port = ${await freePort()}`]);
  await rm(join(broker.workingPath, 'admin.sock'));
  expect(await broker.prints('describe-api-clients')).toBe('Api clients\n[ ]\n');
});

it('does not show its secret to whoever listens on the port while no broker runs', async () => {
  await using broker = await BrokerProgram.install();
  const heard: string[] = [];
  const other = createServer((socket) => socket.on('data', (data) => heard.push(String(data))));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  await broker.configure([`cli-to-broker-port = ${(other.address() as AddressInfo).port}`]);
  const { code, stderr } = await broker.run('describe-api-clients');
  expect({ code, heard }).toEqual({ code: 1, heard: [] });
  expect(stderr).toContain('no broker answers on');
  other.close();
});

it('reloads on SIGHUP and stops in order on SIGTERM', async () => {
  await using broker = await BrokerProgram.start();
  broker.signal('SIGHUP');
  await broker.logs('reloading');
  expect(await broker.prints('describe-api-clients')).toBe('Api clients\n[ ]\n');
  broker.signal('SIGTERM');
  await broker.logs('stopped');
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
