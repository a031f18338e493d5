import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interpretConfig } from '../../src/config/interpret-config.js';
import { issue } from '../certificates/pki.js';
import { describeWithNats, NATS_PROGRAM } from '../exchange/nats-servers.js';

const FOLDER = join(__dirname, '../../../../deploy/ha');

function shown(name: string): string {
  return readFileSync(join(FOLDER, name), 'utf8');
}

describe('deploy/ha/session-manager-broker.properties', () => {
  // What the secrets refer to is not on this machine.
  const text = shown('session-manager-broker.properties')
    .replace('${env:DCVSM_DATABASE_PASSWORD}', 'a password')
    .replace(
      '${file:/etc/dcv-session-manager-broker/nats-url}',
      /# In the file: (.*)/.exec(shown('session-manager-broker.properties'))?.[1] ?? '',
    );
  const result = interpretConfig('session-manager-broker.properties', text);

  it('is accepted', () => {
    expect(result).toMatchObject({
      kind: 'ok',
      config: {
        store: 'mysql',
        cluster: { name: 'production', brokerName: 'broker-1', nats: { tls: true, user: 'broker' } },
      },
    });
  });

  it('names three message servers and no unknown key', () => {
    if (result.kind !== 'ok') throw new Error(JSON.stringify(result.problems));
    expect(result.config.cluster?.nats.servers).toHaveLength(3);
    expect(result.notices.filter((notice) => notice.includes('no key of this broker'))).toEqual([]);
  });
});

it.each(['haproxy.cfg', 'nginx.conf'])('deploy/ha/%s names the three brokers on each port', (name) => {
  const text = shown(name);
  for (const port of [8443, 8445, 8447])
    expect(text.match(new RegExp(`10\\.0\\.0\\.1[123]:${port}`, 'g'))).toHaveLength(3);
});

it('deploy/ha/haproxy.cfg asks each port whether its broker is ready', () => {
  expect(shown('haproxy.cfg').match(/uri \/ready/g)).toHaveLength(3);
});

describeWithNats('deploy/ha/nats-server.conf', () => {
  it('is accepted by the server', () => {
    const folder = mkdtempSync(join(tmpdir(), 'dcvsm-deploy-'));
    const { pem, keyPem } = issue('nats');
    const files = { 'server.pem': pem, 'server.key': keyPem, 'ca.pem': pem };
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    const file = join(folder, 'nats.conf');
    writeFileSync(file, shown('nats-server.conf').replaceAll('/etc/nats/', `${folder}/`));
    const run = (): unknown => execFileSync(NATS_PROGRAM.file, ['-t', '-c', file], NATS_PROGRAM);
    expect(run).not.toThrow();
    rmSync(folder, { recursive: true });
  });
});
