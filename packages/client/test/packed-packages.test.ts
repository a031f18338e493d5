import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** What somebody gets who installs the published packages: only what is packed, in a folder outside of this house. */
const ROOT = resolve(__dirname, '../../..');
const PUBLISHED = ['protocol', 'requirements', 'runtime', 'client'];
/** Their dependencies, taken from here so that the test needs no registry. */
const DEPENDENCIES = ['zod', 'undici', 'pino'];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dcvsm-packed-'));
  const filters = PUBLISHED.map((name) => `--filter=@dcvsm/${name}`);
  run('npx', ['turbo', 'run', 'build', '--output-logs=errors-only', ...filters], ROOT);
  mkdirSync(join(folder, 'node_modules/@dcvsm'), { recursive: true });
  for (const name of PUBLISHED) install(name);
  for (const name of DEPENDENCIES) {
    symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  }
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(command: string, args: readonly string[], cwd: string): string {
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1' };
  return execFileSync(command, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function install(name: string): void {
  const packed = run(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', folder],
    join(ROOT, 'packages', name),
  );
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
  const target = join(folder, 'node_modules/@dcvsm', name);
  mkdirSync(target);
  run('tar', ['-xzf', join(folder, filename), '--strip-components=1', '-C', target], folder);
}

/** Runs an ES module as a user would, and resolves with what it prints. */
function script(source: string): string {
  const file = join(folder, 'script.mjs');
  writeFileSync(file, source);
  return run(process.execPath, [file], folder).trim();
}

it.each<[string, string, string]>([
  [
    '@dcvsm/protocol',
    `import { operations, openApiDocument, encodeToBroker } from '@dcvsm/protocol';
     console.log(Object.keys(operations).length, openApiDocument().info.version, encodeToBroker({ type: 'heartbeat' }));`,
    '9 2023.0 {"type":"heartbeat"}',
  ],
  [
    '@dcvsm/requirements',
    `import { parseRequirements } from '@dcvsm/requirements';
     console.log(parseRequirements("tag:color = 'pink'").ok, parseRequirements('tag:color').ok);`,
    'true false',
  ],
  [
    '@dcvsm/runtime',
    `import { systemIds, KeyedQueue, silentLog } from '@dcvsm/runtime';
     silentLog().info('unseen');
     console.log(systemIds().uuid().length, await new KeyedQueue().run('k', async () => 'ran'));`,
    '36 ran',
  ],
  [
    '@dcvsm/client',
    `import { createClient, ApiError } from '@dcvsm/client';
     const client = createClient({ url: 'https://127.0.0.1:1', credentials: null });
     console.log(typeof client.GetSessionConnectionData, new ApiError('x', 503, 'busy').retryable);`,
    'function true',
  ],
  [
    '@dcvsm/client/node',
    `import { fetchTrusting } from '@dcvsm/client/node';
     const { fetch, close } = fetchTrusting([]);
     await close();
     console.log(typeof fetch);`,
    'function',
  ],
])('%s runs when it is installed from its package', (_, source, printed) => {
  expect(script(source)).toBe(printed);
});

it('a package has its types and its description, and neither sources nor tests', () => {
  for (const name of PUBLISHED) {
    const files = readdirSync(join(folder, 'node_modules/@dcvsm', name), { recursive: true }).map(String);
    expect(files).toEqual(expect.arrayContaining(['package.json', 'dist/index.js', 'dist/index.d.ts']));
    expect(files.filter((file) => /\.test\.|^src|(?<!\.d)\.ts$/.test(file))).toEqual([]);
  }
});

it('the API description comes with the protocol', () => {
  const source = `import { createRequire } from 'node:module';
    import { readFileSync } from 'node:fs';
    const file = createRequire(import.meta.url).resolve('@dcvsm/protocol/openapi.yaml');
    console.log(readFileSync(file, 'utf8').split('\\n')[0]);`;
  expect(script(source)).toBe('openapi: 3.0.0');
});
