import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatProblem, readBrokerConfig } from './read-config.js';

describe('readBrokerConfig', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'broker-config-'));
  });

  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  function write(content: string | Buffer, mode = 0o640): string {
    const path = join(directory, 'session-manager-broker.properties');
    writeFileSync(path, content);
    chmodSync(path, mode);
    return path;
  }

  function problemsOf(path: string): readonly string[] {
    const result = readBrokerConfig(path);
    return result.kind === 'problems' ? result.problems.map(formatProblem) : [];
  }

  it('reads the file', () => {
    const result = readBrokerConfig(write('placement-strategy = pack\n'));
    expect(result).toMatchObject({ kind: 'ok', config: { placementStrategy: 'pack' } });
  });

  it('refuses to start without the file, and says how to make one', () => {
    const path = join(directory, 'absent.properties');
    expect(problemsOf(path)).toEqual([
      `${path}: does not exist; name the right path, or create the file, for example with the line "session-manager-working-path = /var/lib/dcvsmbroker"`,
    ]);
    expect(problemsOf(join(write(''), 'below-a-file'))).toEqual([expect.stringContaining('does not exist')]);
  });

  it('refuses what is not a file', () => {
    mkdirSync(join(directory, 'folder'));
    expect(problemsOf(join(directory, 'folder'))).toEqual([expect.stringContaining('is not a file')]);
  });

  it('says who has to read the file when this user may not', () => {
    const path = write('', 0o000);
    // Root may read everything: step down for the moment of reading.
    const asRoot = process.geteuid?.() === 0;
    if (asRoot) process.seteuid?.(65_534);
    try {
      expect(problemsOf(path)).toEqual([expect.stringContaining('may not be read by this user')]);
    } finally {
      if (asRoot) process.seteuid?.(0);
    }
  });

  it('refuses a file that is far too large, without reading it', () => {
    expect(problemsOf(write(Buffer.alloc(1024 * 1024 + 1, '#')))).toEqual([
      expect.stringContaining('has 1048577 bytes'),
    ]);
  });

  it.each([0o600, 0o640, 0o400, 0o440, 0o750])('accepts mode %o', (mode) => {
    expect(problemsOf(write('', mode))).toEqual([]);
  });

  it.each([0o644, 0o660, 0o641, 0o642, 0o666])('refuses mode %o and names the remedy', (mode) => {
    const path = write('', mode);
    expect(problemsOf(path)).toEqual([
      expect.stringMatching(
        new RegExp(`has mode ${mode.toString(8)}: .*chmod 640 ${path} && chown root:dcvsmbroker ${path}$`),
      ),
    ]);
  });

  it('reports wrong permissions and wrong content together', () => {
    expect(problemsOf(write('store = disk', 0o644))).toEqual([
      expect.stringContaining('has mode 644'),
      expect.stringContaining(':1: store has the value "disk"'),
    ]);
  });

  it('reads a file in Latin-1', () => {
    const result = readBrokerConfig(write(Buffer.from('# Größe\nlog-level = debug', 'latin1')));
    expect(result).toMatchObject({ kind: 'ok', config: { logLevel: 'debug' } });
  });

  it('refuses a file in UTF-16', () => {
    expect(problemsOf(write(Buffer.from('log-level = debug', 'utf16le')))).toEqual([
      expect.stringContaining('save the file as UTF-8'),
    ]);
  });
});
