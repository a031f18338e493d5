import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { joinFleet } from '@dcvsm/testkit';
import { BrokerStatus } from '../../src/admin/broker-status.js';
import { BrokerProgram } from './broker-program.js';

/** What the commands on agents print (administrator guide, "Broker CLI reference"), byte by byte. */

const STATEMENT = /^software-statement: ([\w-]+\.[\w-]+\.[\w-]+)\n$/;
const DATE = /\d{4}\.\d\d\.\d\d \d\d:\d\d:\d\d \+0000/;

let broker: BrokerProgram;
beforeAll(async () => {
  broker = await BrokerProgram.start();
});
afterAll(() => broker[Symbol.asyncDispose]());

const generated = async (...options: string[]): Promise<string> =>
  STATEMENT.exec(await broker.prints('generate-software-statement', ...options))?.[1] ?? '';

async function joined(statement: string, name: string): Promise<() => Promise<string>> {
  const { listeners, certificateAuthority } = BrokerStatus.parse(
    JSON.parse((await broker.run('status', '--json')).stdout),
  );
  const port = listeners.find((listener) => listener.name === 'agent')?.port;
  const ca = readFileSync(certificateAuthority.file, 'utf8');
  return joinFleet({ agentUrl: `https://127.0.0.1:${port}`, ca, statement, name });
}

it('describe-software-statements lists the default one, with its date and whether it is active as texts', async () => {
  await using own = await BrokerProgram.start();
  const statement = readFileSync(join(own.workingPath, 'security', 'default-software-statement'), 'utf8');
  const printed = await own.prints('describe-software-statements');
  expect(printed.replace(DATE, 'DATE')).toBe(
    [
      'Software Statements',
      '[ {',
      `  "software-statement" : "${statement}",`,
      '  "issued-at" : "DATE",',
      '  "is-active" : "true"',
      '} ]',
      '',
    ].join('\n'),
  );
});

it('generate-software-statement and deactivate-software-statement', async () => {
  const statement = await generated();
  expect(await broker.prints('deactivate-software-statement', '--software-statement', statement)).toBe(
    `Software statement ${statement} deactivated\n`,
  );
  const list = await broker.prints('describe-software-statements');
  expect(list.slice(list.indexOf(statement))).toMatch(/^[^}]*"is-active" : "false"\n} \]\n$/);
  await expect(joined(statement, 'late')).rejects.toThrow('was deactivated');
});

it('generate-software-statement --legacy prints the form of the original', async () => {
  const printed = await broker.prints('generate-software-statement', '--legacy');
  const [, text = ''] = /^software-statement: ([A-Za-z0-9+/]+=*)\n$/.exec(printed) ?? [];
  expect(Buffer.from(text, 'base64').toString()).toMatch(
    /^\{\n {2}"id" : "[0-9a-f-]{36}",\n {2}"active" : true,\n {2}"issuedAt" : \d+\.\d{9},\n {2}"brokerVersion" : "1\.0\.0"\n\}$/,
  );
});

it('describe-agent-clients and unregister-agent-client', async () => {
  expect(await broker.prints('describe-agent-clients')).toBe('Session manager agent clients\n[ ]\n');
  const terms = [
    '--max-uses',
    '1',
    '--expires-in-hours',
    '0.5',
    '--address',
    '127.0.0.0/8',
    '--tag',
    'a=b=c',
  ];
  const statement = await generated('--name', 'lab', ...terms);
  const token = await joined(statement, 'test');
  await token();
  await expect(joined(statement, 'second')).rejects.toThrow('is used up');
  const printed = await broker.prints('describe-agent-clients');
  const [id = ''] = /[0-9a-f-]{36}/.exec(printed) ?? [];
  const listed = (active: boolean): string =>
    `Session manager agent clients\n[ {\n  "name" : "test",\n  "id" : "${id}",\n  "active" : ${active}\n} ]\n`;
  expect(printed).toBe(listed(true));
  expect(await broker.prints('unregister-agent-client', '--client-id', id)).toBe(
    `agent client ${id} unregistered\n`,
  );
  expect(await broker.prints('describe-agent-clients')).toBe(listed(false));
  await expect(token()).rejects.toThrow('unregistered');
});

it.each<[string, readonly string[], string]>([
  ['an address', ['--address', 'host.example.com'], 'must be an address or a range such as 10.0.0.0/8'],
  ['a tag of the broker', ['--tag', 'dcv:os-family=linux'], 'must not begin with dcv:'],
  ['a tag without a value', ['--tag', 'color'], 'write it as key=value'],
  ['a number', ['--max-uses', 'many'], 'give a number above 0'],
  ['half a use', ['--max-uses', '1.5'], 'maxUses'],
])('generate-software-statement says what is wrong with %s', async (_, options, words) => {
  const { code, stdout, stderr } = await broker.run('generate-software-statement', ...options);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain(words);
});

it.each([
  ['unregister-agent-client', '--client-id', 'describe-agent-clients lists them'],
  ['deactivate-software-statement', '--software-statement', 'describe-software-statements lists them'],
])('%s says when there is no such thing', async (command, option, words) => {
  const { code, stderr } = await broker.run(command, option, 'nobody');
  expect(code).toBe(1);
  expect(stderr).toContain(words);
});
