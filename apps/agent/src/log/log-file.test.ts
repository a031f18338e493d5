import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogConfig } from '../config/agent-config.js';
import { LogFile, nameLogFile } from './log-file.js';

describe('LogFile', () => {
  let folder: string;
  const errors: string[] = [];
  const fallback = { write: (line: string) => errors.push(line) };
  const config = (): LogConfig => ({
    level: 'info',
    directory: join(folder, 'log'),
    rotation: 'daily',
    maxFileBytes: 1024,
    keptFiles: 2,
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'agent-log-'));
    errors.length = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const writeAll = async (lines: readonly string[]): Promise<void> => {
    const file = new LogFile(config(), fallback);
    for (const line of lines) file.write(line);
    await file.close();
  };

  it('writes to agent.log and goes on there after a restart', async () => {
    await writeAll(['one\n']);
    await writeAll(['two\n']);
    expect(readFileSync(join(folder, 'log', 'agent.log'), 'utf8')).toBe('one\ntwo\n');
  });

  it('keeps the newest files of those that became too large', async () => {
    for (let n = 0; n < 6; n += 1) await writeAll([`${n}`.repeat(1100), '\n']);
    const names = readdirSync(join(folder, 'log')).filter((name) => !name.startsWith('.'));
    expect(names).toContain('agent.log');
    expect(names.length).toBeLessThanOrEqual(3);
    expect(names.every((name) => /^agent\.log(?:\.\d{4}-\d\d-\d\d\.\d+)?$/.test(name))).toBe(true);
  });

  it('logs elsewhere, with one warning, when the folder cannot be made', () => {
    writeFileSync(join(folder, 'log'), 'a file where the folder should be');
    const file = new LogFile(config(), fallback);
    file.write('one\n');
    file.write('two\n');
    expect(errors).toEqual([expect.stringContaining('Check log.directory'), 'one\n', 'two\n']);
  });
});

describe('nameLogFile', () => {
  it('carries the hour only where files change hourly', () => {
    const time = new Date(Date.UTC(2026, 0, 2, 3));
    expect(nameLogFile('daily')(null)).toBe('agent.log');
    expect(nameLogFile('daily')(time, 2)).toBe('agent.log.2026-01-02.2');
    expect(nameLogFile('hourly')(time, 1)).toBe('agent.log.2026-01-02T03.1');
  });
});
