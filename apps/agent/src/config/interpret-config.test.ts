import { interpretConfig, type Interpreted } from './interpret-config.js';
import type { Platform } from './platform.js';

const read = (text: string, platform: Platform = 'linux'): Interpreted =>
  interpretConfig({ file: '/etc/agent.conf', text, platform });

function problemsOf(text: string): readonly string[] {
  const result = read(text);
  if (result.kind === 'valid') throw new Error('the file is valid');
  return result.problems.map(({ line, key, problem }) => `${line ?? '-'} ${key ?? '-'} ${problem}`);
}

describe('interpretConfig', () => {
  it('accepts a file as fleets have it and fills in the defaults', () => {
    const text = `version = '0.1'
[agent]
broker_host = 'broker.internal'
broker_port = 8445
tls_strict = false
tags_folder = '/etc/dcv-session-manager-agent/tags/'
broker_update_interval = 15
[log]
level = 'debug'
rotation = 'daily'
`;
    const result = read(text);
    expect(result).toMatchObject({
      kind: 'valid',
      warnings: [],
      agent: {
        broker_host: 'broker.internal',
        tls_strict: false,
        max_virtual_sessions: -1,
        max_concurrent_sessions_per_user: 1,
        broker_update_interval: 15,
        init_folder: '/var/lib/dcv-session-manager-agent/init',
        dcv_root: '/usr/bin/dcv',
      },
      log: { level: 'debug', 'max-file-size': 10_485_760, rotate: 9 },
    });
  });

  it('has defaults for Windows', () => {
    const result = read("version = '0.1'\n[agent]\nbroker_host = 'b'\n", 'windows');
    expect(result).toMatchObject({
      agent: { dcv_root: 'C:\\Program Files\\NICE\\DCV\\Server\\bin\\dcv.exe' },
      log: { directory: 'C:\\ProgramData\\NICE\\DCVSessionManagerAgent\\log' },
    });
  });

  it('names every problem at once, with its line and key', () => {
    const text = `[agent]
broker_host = ''
broker_port = 'many'
init_folder = 'relative'

[log]
level = 'loud'
rotate = 0
`;
    expect(problemsOf(text)).toEqual([
      '- version is missing',
      '2 agent.broker_host is empty',
      '3 agent.broker_port cannot be "many"',
      '4 agent.init_folder cannot be "relative"',
      '7 log.level cannot be "loud"',
      '8 log.rotate cannot be 0',
    ]);
  });

  it('says which required keys are missing', () => {
    expect(problemsOf("version = '0.1'\n")).toEqual(['- agent.broker_host is missing']);
  });

  it('says on which line the file is not TOML', () => {
    expect(problemsOf("version = '0.1'\n[agent]\nbroker_host = broker\n")).toEqual([
      expect.stringMatching(/^3 - is not TOML/),
    ]);
  });

  it('refuses a key that is set twice', () => {
    expect(problemsOf("version='0.1'\n[agent]\nbroker_host='a'\nbroker_host='b'\n")).toHaveLength(1);
  });

  it('warns of unknown keys and sections, each once', () => {
    const result = read(
      "version = '0.1'\nstray = 1\n[agent]\nbroker_host = 'b'\nbroker_hots = 'c'\n[other]\nx = 1\n",
    );
    expect(result).toMatchObject({
      kind: 'valid',
      warnings: [
        '/etc/agent.conf:2: stray is unknown and has no effect',
        '/etc/agent.conf: other is unknown and has no effect',
        '/etc/agent.conf:5: agent.broker_hots is unknown and has no effect',
      ],
    });
  });

  it('is not confused by keys that are names of object properties', () => {
    const result = read(
      "version = '0.1'\n__proto__ = 1\nproblem = 2\n[agent]\nbroker_host = 'b'\nconstructor = 1\n",
    );
    expect(result.kind).toBe('valid');
  });

  it('accepts a byte order mark and Windows line ends', () => {
    expect(read("\uFEFFversion = '0.1'\r\n[agent]\r\nbroker_host = 'b'\r\n").kind).toBe('valid');
  });
});
