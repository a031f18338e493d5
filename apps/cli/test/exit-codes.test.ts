import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Dcvsm, type Ended } from './dcvsm-program.js';
import { configurationFor, FleetWithDcvsm } from './fleet-with-dcvsm.js';

/** Each exit code as the original documents it, with nothing on the standard output of a command that failed. */

describe('with a broker', () => {
  let all: FleetWithDcvsm;
  let dcvsm: Dcvsm;
  beforeAll(async () => {
    all = await FleetWithDcvsm.start();
    dcvsm = all.dcvsm;
  });
  afterAll(() => all[Symbol.asyncDispose]());
  const fails = async (code: number, words: string, ...args: readonly string[]): Promise<Ended> => {
    const ended = await dcvsm.run(...args);
    expect(ended).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(words) as string });
    return ended;
  };

  it('0: it worked; also for --help and --version', async () => {
    const ended = await Promise.all([
      dcvsm.run('describe-servers'),
      dcvsm.run('--help'),
      dcvsm.run('create-session', '--name', 'x', '-h'),
      dcvsm.run('--version'),
    ]);
    expect(ended.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
      ended.map(() => ({ code: 0, stderr: '' })),
    );
    expect(ended[1].stdout).toContain('Usage: dcvsm [options] command [args]');
    expect(ended[2].stdout).toContain('--max-concurrent-clients <number>');
    expect(ended[3].stdout).toBe('0.1.0\n');
  });

  it('1: there is no such configuration file, or it is none', async () => {
    await fails(1, 'nowhere.conf, which --conf names', '--conf', 'nowhere.conf', 'describe-servers');
    for (const [content, words] of [
      ['[broker]\nurl', ':2: this line is no [section], no "key = value" and no comment'],
      ['url = x', ':1: this line stands before the first [section]'],
      ['[broker]\nurl = a\nurl = b', ':3: this line sets url a second time'],
    ] as const) {
      const file = await dcvsm.file('broken.conf', content);
      await fails(1, words, '--conf', file, 'describe-servers');
    }
  });

  it('2: the command line cannot be read', async () => {
    await fails(2, 'Usage: dcvsm');
    await fails(2, "unknown command 'describe-session'", 'describe-session');
    await fails(2, "required option '--owner <user>'", 'delete-session', '--session-id', 'x');
    await fails(2, 'argument missing', 'describe-sessions', '--owner');
    await fails(2, 'too many arguments', 'describe-sessions', 'x');
  });

  it('252: an option does not exist, or its value is not right for it', async () => {
    const create = ['create-session', '--name', 'n', '--owner', 'o', '--type'];
    await fails(252, "unknown option '--owners'", 'describe-sessions', '--owners', 'x');
    await fails(252, 'give CONSOLE or VIRTUAL.', ...create, 'x');
    await fails(252, 'from 1 to 100.', ...create, 'virtual', '--max_concurrent-clients', '101');
    await fails(252, 'give true or false.', ...create, 'virtual', '--enqueue-request', 'maybe');
    await fails(252, 'from 1 to 1000.', 'describe-servers', '--max-results=0');
    await fails(252, 'there is no file', ...create, 'virtual', '--permissions-file', 'nowhere.perm');
    await fails(252, '"xml" is not json or table', '--output-format', 'xml', 'describe-servers');
    await fails(252, 'is no URL of a broker', '--broker-url', 'ftp://x', 'describe-servers');
    await fails(252, 'is no file that is there', '--ca-bundle', 'nowhere.pem', 'describe-servers');
  });

  it('253: the configuration lacks something, or has a wrong value', async () => {
    const conf = async (content: string): Promise<string[]> => [
      '--conf',
      await dcvsm.file('other.conf', content),
      'describe-servers',
    ];
    const secrets = '[authentication]\nclient-id = a\nclient-password = b\n';
    await fails(253, 'the URL of the broker is missing', ...(await conf(secrets)));
    const url = '[broker]\nurl = https://x:1\n';
    await fails(253, 'the client id is missing; set DCV_SM_CLIENT_ID', ...(await conf(url)));
    await fails(
      253,
      'the client password is missing',
      ...(await conf(`${url}[authentication]\nclient-id = a`)),
    );
    await fails(253, 'is not true or false', ...(await conf(`${url}${secrets}[output]\ndebug = maybe`)));
    await fails(
      253,
      'is no file that is there',
      ...(await conf(`${url}${secrets}[security]\nca-bundle = x`)),
    );
  });

  it('254: the broker answered with an error', async () => {
    const args = ['get-session-connection-data', '--session-id', 'unknown', '--user', 'u'];
    await fails(254, 'GetSessionConnectionData was answered with 4', ...args);
    const wrong = configurationFor(all.fleet).replace(/client-password = .*/, 'client-password = wrong');
    await fails(254, 'no access token', '--conf', await dcvsm.file('wrong.conf', wrong), 'describe-servers');
  });

  it('255: the broker is not reached, or its certificate is not trusted', async () => {
    const url = all.fleet.url.replace('127.0.0.1', 'localhost');
    const args = [
      '--conf',
      await dcvsm.file('no-ca.conf', configurationFor(all.fleet).replace(/ca-bundle.*/, '')),
    ];
    await fails(
      255,
      'give the CA of the broker with --ca-bundle',
      ...args,
      '--broker-url',
      url,
      'describe-servers',
    );
  });
});

it('130: Ctrl-C ends a call', async () => {
  await using dcvsm = await Dcvsm.install();
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  dcvsm.env = { DCV_SM_OAUTH2_TOKEN: 't' };
  const { port } = silent.address() as AddressInfo;
  const { child, ended } = dcvsm.start(['--broker-url', `http://127.0.0.1:${port}`, 'describe-servers']);
  await once(silent, 'request');
  child.kill('SIGINT');
  expect(await ended).toEqual({ code: 130, stdout: '', stderr: '' });
  silent.closeAllConnections();
  silent.close();
});

it('253 names the places where a configuration file may be', async () => {
  await using dcvsm = await Dcvsm.install();
  const { code, stderr } = await dcvsm.run('describe-servers');
  expect(code).toBe(253);
  expect(stderr).toContain(join(dcvsm.home, 'dcvsmcli.conf'));
});
