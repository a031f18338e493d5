import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OptionProblem, readOptions } from './options.js';

const folder = mkdtempSync(join(tmpdir(), 'dcvsm-fleet-options-'));
const ca = join(folder, 'ca.pem');
writeFileSync(ca, 'a certificate');
afterAll(() => rmSync(folder, { recursive: true }));

const read = (broker: string, ...more: string[]) =>
  readOptions(['--broker', broker, '--ca', ca, ...more], {}, '1.0.0');

it.each(['https://127.0.0.1:8443', 'https://localhost:8443', 'https://[::1]:8443', 'https://127.8.9.1'])(
  'takes %s, which is this machine, and finds its agent port',
  (broker) => {
    expect(read(broker).agentUrl.port).toBe('8445');
    expect(read(broker).agentUrl.hostname).toBe(new URL(broker).hostname);
  },
);

it.each([
  'https://broker.example',
  'https://10.0.0.1:8443',
  'https://127.0.0.1.example',
  'https://localhost.example',
])('refuses %s unless that is said to be meant', (broker) => {
  expect(() => read(broker)).toThrow(OptionProblem);
  expect(() => read(broker)).toThrow('add --remote');
  expect(read(broker, '--remote').broker.origin).toBe(new URL(broker).origin);
});

it('looks at the agent port, too', () => {
  expect(() => read('https://127.0.0.1', '--agent-url', 'https://10.0.0.1:8445')).toThrow('add --remote');
});

it('takes the password of the API client from the environment', () => {
  const argv = ['--broker', 'https://127.0.0.1', '--ca', ca, '--client-id', 'me'];
  expect(readOptions(argv, { DCVSM_CLIENT_PASSWORD: 'secret' }, '1').credentials).toEqual({
    clientId: 'me',
    clientPassword: 'secret',
  });
  expect(() => readOptions(argv, {}, '1')).toThrow('DCVSM_CLIENT_PASSWORD');
});

it('names a file that is not there', () => {
  expect(() => read('https://127.0.0.1', '--statement', join(folder, 'none'))).toThrow('--statement');
});
