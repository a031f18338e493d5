import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { socketPath } from '../wire/socket-path.js';
import { writeLauncher } from './launcher.js';

describe('the written dcv command', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dcv-launcher-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('hands every argument on as it is, wherever the files are', async () => {
    const file = join(folder, 'dcv');
    await writeLauncher({ file, node: '/bin/echo', program: "/it's $HOME/main.js", stateDir: '/a "b" `c`' });
    const { stdout } = await promisify(execFile)(file, ['create-session', "o'n e"]);
    expect(stdout).toBe(`/it's $HOME/main.js cli --state-dir /a "b" \`c\` create-session o'n e\n`);
  });
});

describe('the socket of a state folder', () => {
  it('is in it', () => {
    expect(socketPath('/short')).toBe('/short/desktop.sock');
  });

  it('is somewhere short when the path is too long, and another for each folder', () => {
    const long = `/${'x'.repeat(120)}`;
    expect(Buffer.byteLength(socketPath(long))).toBeLessThan(104);
    expect(socketPath(long)).toBe(socketPath(`${long}/`));
    expect(socketPath(long)).not.toBe(socketPath(`${long}y`));
  });
});
