import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentConfig } from './agent-config.js';
import { readConfig } from './read-config.js';

describe('readConfig', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'agent-config-'));
    file = join(folder, 'agent.conf');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const configOf = (lines: string, platform: 'linux' | 'windows' = 'linux'): AgentConfig => {
    writeFileSync(file, `version = '0.1'\n[agent]\nbroker_host = 'b'\n${lines}`);
    const read = readConfig(file, platform);
    if (read.kind === 'invalid') throw new Error(JSON.stringify(read.problems));
    return read.config;
  };

  it('says that the file is missing and what to do', () => {
    expect(readConfig(join(folder, 'none'), 'linux')).toEqual({
      kind: 'invalid',
      problems: [
        expect.objectContaining({
          problem: 'cannot be read (ENOENT)',
          remedy: expect.stringContaining('--config'),
        }),
      ],
    });
  });

  it('looks for a relative ca_file beside the configuration file', () => {
    expect(configOf("ca_file = 'ca-cert.pem'\n").broker.caFile).toBe(join(folder, 'ca-cert.pem'));
  });

  it('takes the folder tags beside the file if there is one, else the folder of the file', () => {
    expect(configOf('').tagsFolder).toBe(folder);
    mkdirSync(join(folder, 'tags'));
    expect(configOf('').tagsFolder).toBe(join(folder, 'tags'));
    expect(configOf("tags_folder = '/elsewhere'\n").tagsFolder).toBe('/elsewhere');
  });

  it('reports no room for virtual sessions on Windows', () => {
    expect(configOf('max_virtual_sessions = 5\n').limits.maxVirtualSessions).toBe(5);
    expect(configOf('max_virtual_sessions = 5\n', 'windows').limits.maxVirtualSessions).toBe(0);
  });

  it('looks for a software statement where the file says, or beside it', () => {
    expect(configOf("software_statement_path = 'join/statement'\n").statement).toEqual({
      file: join(folder, 'join/statement'),
      isConfigured: true,
    });
    expect(configOf('').statement).toEqual({
      file: join(folder, 'default-software-statement'),
      isConfigured: false,
    });
  });

  it('wants a certificate and its key, or neither', () => {
    expect(() => configOf("cert_file = 'host.pem'\n")).toThrow('agent.key_file');
    expect(() => configOf("key_file = 'host.key'\n")).toThrow('agent.cert_file');
    expect(configOf("cert_file = 'host.pem'\nkey_file = 'host.key'\n").broker).toMatchObject({
      certFile: join(folder, 'host.pem'),
      keyFile: join(folder, 'host.key'),
    });
  });
});
