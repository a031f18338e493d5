import { execFileSync } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { AdminError, callAdmin } from '../../src/admin/admin-client.js';
import {
  describeApiClients,
  registerApiClient,
  unregisterApiClient,
} from '../../src/admin/api-client-commands.js';
import { interpretConfig } from '../../src/config/interpret-config.js';
import { TestFleet } from '../fleet/start-fleet.js';

let fleet: TestFleet;
let socket: string;
beforeEach(async () => {
  fleet = await TestFleet.start();
  socket = fleet.broker.adminSocket;
});
afterEach(() => fleet[Symbol.asyncDispose]());

async function getsToken(id: string, password: string): Promise<boolean> {
  const answer = await fleet.fetch(`${fleet.url}/oauth2/token?grant_type=client_credentials`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${id}:${password}`).toString('base64')}` },
  });
  return answer.status === 200;
}

/** A shell's view of the output: command substitution drops the last line breaks. */
function shell(script: string, output: string): string {
  return execFileSync('bash', ['-c', script], { env: { ...process.env, OUTPUT: output }, encoding: 'utf8' });
}

it('rule 22: register-api-client prints two lines, each with a leading blank and a line break', async () => {
  const output = await registerApiClient(socket, 'portal');
  expect(output).toMatch(/^ client-id: [0-9a-f-]{36}\n client-password: \S{43}\n$/);
});

it('rule 22: the three parsers of existing installers each get working credentials out of it', async () => {
  const output = await registerApiClient(socket, 'portal');

  const wizard = /client-id: (.*?)\n.*?client-password: (.*?)\n/.exec(output);
  expect(wizard).not.toBeNull();

  const cut = shell(
    'output=$(echo "$OUTPUT" | tr -d "\\n"); id="${output#*client-id: }"; pw="${id#*client-password: }"; ' +
      'printf "%s %s" "${id%% client-password:*}" "$pw"',
    output,
  ).split(' ');
  const grep = shell(
    'printf "%s" "$OUTPUT" | grep -oP "client-id:\\s*\\K\\S+"; printf "%s" "$OUTPUT" | grep -oP "client-password:\\s*\\K\\S+"',
    output,
  )
    .trim()
    .split('\n');

  const parsed = [wizard!.slice(1), cut, grep];
  expect(new Set(parsed.map((pair) => pair.join(' '))).size).toBe(1);
  expect(await getsToken(wizard![1]!, wizard![2]!)).toBe(true);
});

it('rule 22: a name is taken once, and refused with words for the operator', async () => {
  await registerApiClient(socket, 'portal');
  await expect(registerApiClient(socket, 'portal')).rejects.toThrow(
    new AdminError('an API client named "portal" is registered already; choose another name'),
  );
  await expect(registerApiClient(socket, '')).rejects.toThrow(
    new AdminError('Invalid input: name: must not be empty'),
  );
  await expect(registerApiClient(socket, 'a\u001b[31m')).rejects.toThrow(
    'must not contain control characters',
  );
});

it('describe-api-clients prints its title and the list as the original does', async () => {
  const id = /client-id: (\S+)/.exec(await registerApiClient(socket, 'portal'))![1]!;
  const output = await describeApiClients(socket);
  const [title, ...json] = output.split('\n');
  expect(title).toBe('Api clients');
  const clients = JSON.parse(json.join('\n')) as { name: string }[];
  expect(clients).toHaveLength(2);
  expect(clients).toContainEqual({ name: 'portal', id, active: true });
  expect(output).toContain(`{\n  "name" : "portal",\n  "id" : "${id}",\n  "active" : true\n}`);
  expect(output.slice(12, 16)).toBe('[ {\n');
  expect(output).toMatch(/\} \]\n$/);
  expect(output).not.toContain('password');
});

it('unregister-api-client ends the tokens at once and leaves the client in the list', async () => {
  const [, id, password] = /client-id: (\S+)\n client-password: (\S+)/.exec(
    await registerApiClient(socket, 'portal'),
  )!;
  expect(await unregisterApiClient(socket, id!)).toBe(`Client ${id!} unregistered.\n`);
  expect(await getsToken(id!, password!)).toBe(false);
  expect(await describeApiClients(socket)).toContain(`"id" : "${id!}",\n  "active" : false`);
  const own = await fleet.token();
  await unregisterApiClient(socket, fleet.credentials.clientId);
  const refused = await fleet.fetch(`${fleet.url}/describeSessions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${own}` },
  });
  expect({ status: refused.status, text: await refused.text() }).toMatchObject({ status: 401 });
});

it.each(['none', '..', '%', 'a/b', '\u202e'])('unregister-api-client names the unknown id %j', async (id) => {
  await expect(unregisterApiClient(socket, id)).rejects.toThrow(AdminError);
});

it('the socket is only for its owner, and a command says when no broker answers', async () => {
  expect((await stat(socket)).mode & 0o777).toBe(0o600);
  await expect(callAdmin(`${socket}.none`, 'GET', '/api-clients')).rejects.toThrow('no broker answers on');
});

it('rule 21: unknown keys are noticed and not refused, with and without blanks around the sign', () => {
  const lines = [
    'delete-session-duration-seconds=60',
    'some-future-key = 1',
    'enable-authorization=false',
    'log-level = debug',
  ];
  const result = interpretConfig('test.properties', lines.join('\n'));
  if (result.kind === 'problems') throw new Error(JSON.stringify(result.problems));
  expect(result.config).toMatchObject({
    sessions: { deletedRetentionMs: 60_000 },
    authorization: { requiresTokens: false },
    logLevel: 'debug',
  });
  expect(result.notices.join('\n')).toContain('some-future-key');
});
