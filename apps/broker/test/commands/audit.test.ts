import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BrokerProgram } from './broker-program.js';

let broker: BrokerProgram;
let clientId: string;
const file = () => join(broker.workingPath, 'audit/audit.log');
beforeEach(async () => {
  broker = await BrokerProgram.start();
  const printed = await broker.prints('register-api-client', '-cn', 'portal');
  clientId = /client-id: (\S+)/.exec(printed)![1]!;
  await broker.prints('unregister-api-client', '--client-id', clientId);
});
afterEach(() => broker[Symbol.asyncDispose]());

it('shows who did what to what, and finds it again', async () => {
  const all = (await broker.prints('audit')).trimEnd().split('\n');
  expect(all).toHaveLength(3);
  expect(all[0]).toMatch(/^\d{4}-\d\d-\d\dT\S+Z {2}success {2}broker.start {2}by broker$/);
  expect(all.slice(1).join('\n')).toMatch(
    new RegExp(`success {2}api-client.register {2}by operator {2}on ${clientId}[^]*api-client.unregister`),
  );
  const found = async (...query: string[]) => (await broker.prints('audit', ...query)).split('\n').length - 1;
  expect(await found('--action', 'api-client')).toBe(2);
  expect(await found('--object', clientId, '--actor', 'operator')).toBe(2);
  expect(await found('--action', 'broker.start', '--outcome', 'success')).toBe(1);
  expect(await found('--outcome', 'refused')).toBe(0);
  expect(await found('--until', '2020-01-01')).toBe(0);
  const json = await broker.prints('audit', '--action', 'api-client.register', '--json');
  expect(JSON.parse(json)).toMatchObject({ action: 'api-client.register', objects: [clientId] });
});

it('says what is wrong with a question', async () => {
  expect(await broker.run('audit', '--since', 'yesterday')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('give a time such as 2026-01-31'),
  });
});

it('verifies the chain up to the end that the running broker has', async () => {
  const output = await broker.prints('audit', '--verify');
  expect(output).toMatch(
    /^The chain is unbroken: 3 lines, number 1 to 3\.\nIts end is the one that the running broker has\.\n/,
  );
  await broker.stop();
  expect(await broker.prints('audit', '--verify')).toContain(
    'No broker is running, so the end cannot be compared',
  );
});

it('finds a changed line, and a cut-off end, with exit code 1', async () => {
  const text = await readFile(file(), 'utf8');
  await writeFile(file(), text.replace('api-client.register', 'api-client.registex'));
  expect(await broker.run('audit', '--verify')).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('audit.log line 3: does not continue the line before it'),
  });
  await writeFile(file(), text);
  await truncate(file(), text.trimEnd().lastIndexOf('\n') + 1);
  expect(await broker.run('audit', '--verify')).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('lines were cut off or written anew'),
  });
});
