import { chmod, cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interpretConfig } from '../../config/interpret-config.js';
import type { BrokerConfig } from '../../config/read-config.js';
import { selfMade } from '../../security/certificates/self-made.js';
import { certificateFindings } from './certificates.js';

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 5, 1);
const around = { names: ['broker.example.com'], nowMs: NOW_MS };

let workingPath: string;
beforeEach(async () => {
  workingPath = await mkdtemp(join(tmpdir(), 'dcvsm-doctor-'));
});
afterEach(() => rm(workingPath, { recursive: true, force: true }));

function config(...lines: readonly string[]): BrokerConfig {
  const result = interpretConfig(
    'test.properties',
    [`session-manager-working-path = ${workingPath}`, ...lines].join('\n'),
  );
  if (result.kind === 'problems') throw new Error(JSON.stringify(result.problems));
  return result.config;
}

function make(folder = workingPath, nowMs = NOW_MS): Promise<unknown> {
  return selfMade({ workingPath: folder, names: around.names, nowMs, mayMakeCa: true });
}

async function messages(nowMs = NOW_MS, names = around.names): Promise<string[]> {
  const findings = await certificateFindings(config(), { names, nowMs });
  return findings.map(({ level, message }) => `${level}: ${message}`);
}

const security = (file: string, folder = workingPath): string => join(folder, 'security', file);

it('is content before the first start, and makes nothing', async () => {
  expect(await messages()).toEqual([expect.stringMatching(/^ok: there is no CA in /)]);
  expect(await readdir(workingPath)).toEqual([]);
});

it('is content with what the broker has made', async () => {
  await make();
  expect(await messages()).toEqual([
    expect.stringMatching(/^ok: the broker's CA has \d+ days left$/),
    expect.stringMatching(/^ok: the broker's own certificate has \d+ days left$/),
  ]);
});

it('warns before a certificate ends, and fails when it has', async () => {
  await make();
  expect((await messages(NOW_MS + 780 * DAY_MS)).at(-1)).toMatch(/^warn: .* has \d+ days left$/);
  expect((await messages(NOW_MS + 801 * DAY_MS)).at(-1)).toMatch(/^fail: .* ended on 2028-/);
});

it('fails when the clock is before the certificates', async () => {
  await make();
  expect(await messages(NOW_MS - DAY_MS)).toEqual([
    expect.stringMatching(/^fail: .* is not valid before/),
    expect.stringMatching(/^fail: .* is not valid before/),
  ]);
});

it('names the host names that are missing', async () => {
  await make();
  expect(await messages(NOW_MS, ['broker.example.com', 'new.example.com'])).toContain(
    "warn: the broker's own certificate does not name new.example.com",
  );
});

it('sees that CA and certificate, or CA and key, do not belong together', async () => {
  await make();
  const other = await mkdtemp(join(tmpdir(), 'dcvsm-doctor-'));
  try {
    await make(other);
    await cp(security('dcvsmbroker_ca.pem', other), security('dcvsmbroker_ca.pem'));
    expect((await messages()).join('\n')).toContain('are no certificate and its key');
    await cp(security('dcvsmbroker_ca.key', other), security('dcvsmbroker_ca.key'));
    expect(await messages()).toContain("fail: the broker's own certificate was signed by another CA");
  } finally {
    await rm(other, { recursive: true });
  }
});

it('sees keys that others can read', async () => {
  await make();
  await chmod(security('dcvsmbroker_server.key'), 0o644);
  expect((await messages()).join('\n')).toMatch(/fail: .*dcvsmbroker_server\.key has mode 644/);
});

it('names a key store that is not there, with the key of the configuration', async () => {
  const file = join(workingPath, 'client.p12');
  const findings = await certificateFindings(
    config(
      `client-to-broker-connector-key-store-file = ${file}`,
      'client-to-broker-connector-key-store-pass = secret',
    ),
    around,
  );
  expect(findings[0]).toMatchObject({ level: 'fail' });
  expect(findings[0]!.message).toContain('client-to-broker-connector-key-store-file');
  expect(findings[0]!.message).toContain(file);
  expect(JSON.stringify(findings)).not.toContain('secret');
});
