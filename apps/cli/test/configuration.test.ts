import { chmod, copyFile, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dcvsm } from './dcvsm-program.js';
import { configurationFor, FleetWithDcvsm } from './fleet-with-dcvsm.js';

let all: FleetWithDcvsm;
let dcvsm: Dcvsm;
beforeEach(async () => {
  all = await FleetWithDcvsm.start();
  dcvsm = all.dcvsm;
});
afterEach(() => all[Symbol.asyncDispose]());

const secretEnv = () => ({
  DCV_SM_CLIENT_ID: all.fleet.credentials.clientId,
  DCV_SM_CLIENT_PASSWORD: all.fleet.credentials.clientPassword,
});
const onLine = () => ['--broker-url', all.fleet.url, '--ca-bundle', all.fleet.broker.caFile];
/** From now on the user has no configuration file. */
const withoutFile = (): void => void (dcvsm.env = { XDG_CONFIG_HOME: join(dcvsm.home, 'none') });

it('reads the file of $XDG_CONFIG_HOME, of ~/.config without it, and the one of --conf before them', async () => {
  await dcvsm.prints('describe-servers');
  const elsewhere = await dcvsm.file('elsewhere.conf', configurationFor(all.fleet));
  await dcvsm.file('dcvsmcli.conf', 'this is no configuration');
  expect((await dcvsm.run('describe-servers')).code).toBe(1);
  await dcvsm.prints('--conf', elsewhere, 'describe-servers');
  await dcvsm.prints('describe-servers', `--conf=${elsewhere}`);
  dcvsm.env = { XDG_CONFIG_HOME: '' };
  expect((await dcvsm.run('describe-servers')).code).toBe(253);
});

it('needs no file when the command line and the environment say everything', async () => {
  withoutFile();
  dcvsm.env = { ...dcvsm.env, ...secretEnv() };
  await dcvsm.prints(...onLine(), 'describe-servers');
  await dcvsm.prints('describe-servers', ...onLine());
});

it('takes the command line before the environment, and that before the file', async () => {
  const wrong = configurationFor(all.fleet)
    .replace(/client-id = .*/, 'client-id = nobody')
    .replace(/url = .*/, 'url = https://127.0.0.1:1')
    .replace('[authentication]', '[authentication]\nauth-server-url = https://127.0.0.1:1/from-file');
  await dcvsm.file('dcvsmcli.conf', wrong);
  const base = ['--broker-url', `${all.fleet.url}/`];
  const tokenUrl = `${all.fleet.url}/oauth2/token?grant_type=client_credentials`;
  dcvsm.env = { ...secretEnv(), DCV_SM_AUTH_SERVER_URL: 'https://127.0.0.1:1/from-env' };
  const told = await dcvsm.run('--debug', ...base, '--auth-server', tokenUrl, 'describe-servers');
  expect(told).toMatchObject({ code: 0 });
  expect(told.stderr).toContain(`POST ${tokenUrl}`);
  dcvsm.env = { ...secretEnv(), DCV_SM_AUTH_SERVER_URL: tokenUrl };
  await dcvsm.prints(...base, '--no-token-cache', 'describe-servers');
  // Used as it is: nothing is added to it.
  const other = await dcvsm.run(...base, `--auth-server-url=${all.fleet.url}/no`, 'describe-servers');
  expect(other).toMatchObject({ code: 254, stderr: expect.stringContaining('no access token') as string });
});

it('takes a ready token from the environment, and asks for none', async () => {
  withoutFile();
  dcvsm.env = { ...dcvsm.env, DCV_SM_OAUTH2_TOKEN: await all.fleet.token() };
  const { code, stderr } = await dcvsm.run('--debug', ...onLine(), 'describe-servers');
  expect(code).toBe(0);
  expect(stderr).not.toContain('/oauth2/token');
  dcvsm.env = { ...dcvsm.env, DCV_SM_OAUTH2_TOKEN: 'refused' };
  expect((await dcvsm.run(...onLine(), 'describe-servers')).code).toBe(254);
});

it('warns of a certificate that is not verified, by option and by file', async () => {
  const insecure = configurationFor(all.fleet).replace(/ca-bundle.*/, 'no-verify-ssl = True');
  await dcvsm.file('dcvsmcli.conf', insecure);
  const byFile = await dcvsm.run('describe-servers');
  expect(byFile).toMatchObject({ code: 0, stderr: expect.stringContaining('not verified') as string });
  await dcvsm.file('dcvsmcli.conf', configurationFor(all.fleet).replace(/ca-bundle.*/, ''));
  const byOption = await dcvsm.run('--no-verify-ssl', 'describe-servers');
  expect(byOption).toMatchObject({ code: 0, stderr: expect.stringContaining('warning:') as string });
  expect(JSON.parse(byOption.stdout)).toHaveProperty('servers');
});

it('finds a CA bundle beside the configuration file, warns when others can read its password', async () => {
  await copyFile(all.fleet.broker.caFile, join(dcvsm.home, 'ca.pem'));
  const conf = configurationFor(all.fleet).replace(/ca-bundle.*/, 'ca-bundle = ca.pem');
  const path = await dcvsm.file('dcvsmcli.conf', conf);
  await chmod(path, 0o644);
  const { code, stderr } = await dcvsm.run('describe-servers');
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: `warning: ${path} has a password and everybody can read it; run: chmod 600 ${path}\n`,
  });
});

it('--debug tells on the standard error what is done, without a secret', async () => {
  await all.fleet.agent('s1');
  const { Id } = await all.fleet.create();
  await all.fleet.rest();
  const args = ['get-session-connection-data', '--session-id', Id, '--user', 'u'];
  const { stdout, stderr } = await dcvsm.run('--debug', ...args);
  const { connection_token: token } = JSON.parse(stdout) as { connection_token: string };
  const { clientPassword } = all.fleet.credentials;
  expect(stderr).toMatch(/debug: GET https:\S+sessionConnectionData\S+: 200 after \d+ ms/);
  const [kept = ''] = await readdir(dcvsm.cacheFolder);
  const { token: accessToken } = JSON.parse(await readFile(join(dcvsm.cacheFolder, kept), 'utf8')) as {
    token: string;
  };
  for (const secret of [
    token,
    clientPassword,
    accessToken,
    Buffer.from(`:${clientPassword}`).toString('base64'),
  ]) {
    expect(stderr).not.toContain(secret);
  }
});

it('warns of sections and keys that it does not know', async () => {
  const path = await dcvsm.file(
    'dcvsmcli.conf',
    configurationFor(all.fleet, '\nurI = x\n[brokers]\nurl = y\n'),
  );
  const { code, stderr } = await dcvsm.run('describe-servers');
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr:
      `warning: ${path}: section [broker] has no key "uri"; its keys are url\n` +
      `warning: ${path}: there is no section [brokers]; there are output, security, authentication, broker\n`,
  });
});

describe('the token cache', () => {
  const asksForToken = async (...args: readonly string[]): Promise<boolean> => {
    const { code, stderr } = await dcvsm.run('--debug', ...args, 'describe-servers');
    expect(code).toBe(0);
    return stderr.includes('/oauth2/token');
  };
  const file = async (): Promise<string> => {
    const [name = ''] = await readdir(dcvsm.cacheFolder);
    return join(dcvsm.cacheFolder, name);
  };

  it('keeps a token for the next run, where only its user can read it', async () => {
    expect(await asksForToken()).toBe(true);
    expect(await asksForToken()).toBe(false);
    const modes = [(await stat(await file())).mode & 0o777, (await stat(dcvsm.cacheFolder)).mode & 0o777];
    expect(modes).toEqual([0o600, 0o700]);
    expect(await asksForToken('--no-token-cache')).toBe(true);
  });

  it('does not believe a file that others can read, a damaged one, or a token that is old or refused', async () => {
    await asksForToken();
    const path = await file();
    const keep = (token: string, renewAtMs: number): Promise<void> =>
      writeFile(path, JSON.stringify({ token, renewAtMs }));
    const { token } = JSON.parse(await readFile(path, 'utf8')) as { token: string };
    await chmod(path, 0o640);
    expect(await asksForToken()).toBe(true);
    await writeFile(path, 'damaged');
    expect(await asksForToken()).toBe(true);
    await keep(token, 1);
    expect(await asksForToken()).toBe(true);
    await keep('refused', 9e15);
    expect(await asksForToken()).toBe(true);
    expect(await asksForToken()).toBe(false);
  });

  it('is not used with another password, nor when the file switches it off', async () => {
    await asksForToken();
    const right = configurationFor(all.fleet);
    await dcvsm.file('dcvsmcli.conf', right.replace(/client-password = .*/, 'client-password = wrong'));
    expect((await dcvsm.run('describe-servers')).code).toBe(254);
    await dcvsm.file(
      'dcvsmcli.conf',
      right.replace('[authentication]', '[authentication]\ntoken-cache = false'),
    );
    expect(await asksForToken()).toBe(true);
  });
});
