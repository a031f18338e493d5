#!/usr/bin/env node
/**
 * Who may import whom. Each rule names a folder and what its files (tests apart) may import: own folders by path,
 * packages by name, `node:*` for Node's own modules. What no rule allows is an error, so a new room needs a new rule.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const broker = 'apps/broker/src';
const agent = 'apps/agent/src';

/** The most specific folder counts. `self` is always allowed. */
const RULES = [
  { folder: 'packages/protocol/src', may: ['zod'] },
  { folder: 'packages/requirements/src', may: [] },
  { folder: 'packages/runtime/src', may: ['node:*', 'pino'] },
  { folder: 'packages/client/src', may: ['@dcvsm/protocol', 'zod', 'undici'] },
  {
    folder: 'packages/testkit/src',
    may: ['@dcvsm/protocol', '@dcvsm/runtime', '@dcvsm/client', 'ws', 'undici', 'node:*'],
  },
  { folder: `${broker}/domain`, may: ['@dcvsm/protocol', '@dcvsm/requirements'], pure: true },
  { folder: `${broker}/audit`, may: ['@dcvsm/runtime', 'node:*', 'zod'] },
  { folder: `${broker}/view`, may: [`${broker}/domain`, '@dcvsm/protocol', '@dcvsm/requirements'] },
  {
    folder: `${broker}/store`,
    may: [`${broker}/domain`, '@dcvsm/protocol', '@dcvsm/runtime', 'node:*', 'libsql', 'mysql2', 'pg', 'zod'],
  },
  {
    folder: `${broker}/bus`,
    may: [`${broker}/domain`, `${broker}/cluster/exchange.ts`, '@dcvsm/protocol', '@dcvsm/runtime', 'zod'],
  },
  {
    folder: `${broker}/cluster`,
    may: [
      `${broker}/domain`,
      `${broker}/store/store.ts`,
      '@dcvsm/protocol',
      '@dcvsm/runtime',
      '@nats-io',
      'node:*',
      'zod',
    ],
  },
  {
    folder: `${broker}/security`,
    may: [
      `${broker}/domain/caller.ts`,
      `${broker}/domain/dns-mapping.ts`,
      `${broker}/store/store.ts`,
      `${broker}/audit/audit-entry.ts`,
      '@dcvsm/protocol',
      '@dcvsm/runtime',
      'node:*',
      'jsonwebtoken',
      'lru-cache',
      'node-forge',
      'rate-limiter-flexible',
      'zod',
    ],
  },
  {
    folder: `${broker}/fleet`,
    may: [
      `${broker}/domain`,
      `${broker}/view`,
      `${broker}/store/store.ts`,
      `${broker}/bus/bus.ts`,
      `${broker}/security/connection-tokens.ts`,
      `${broker}/security/dns-mappings.ts`,
      `${broker}/audit/audit-entry.ts`,
      '@dcvsm/protocol',
      '@dcvsm/requirements',
      '@dcvsm/runtime',
      'lru-cache',
      'node:util',
    ],
  },
  {
    // Handlers get the fleet only as their caller may see it: no other way in may be imported here.
    folder: `${broker}/http/operations`,
    may: [
      `${broker}/domain`,
      `${broker}/fleet/visible-fleet.ts`,
      `${broker}/http/cursor.ts`,
      `${broker}/http/ready-json.ts`,
      `${broker}/http/session-json.ts`,
      `${broker}/view/session-entry.ts`,
      `${broker}/http/to-wire.ts`,
      '@dcvsm/protocol',
    ],
  },
  {
    folder: `${broker}/http`,
    may: [
      `${broker}/domain`,
      `${broker}/fleet`,
      `${broker}/view`,
      `${broker}/security`,
      `${broker}/audit/audit-entry.ts`,
      '@dcvsm/protocol',
      '@dcvsm/requirements',
      '@dcvsm/runtime',
      'express',
      'lru-cache',
      'zod',
      'node:*',
    ],
  },
  {
    folder: `${broker}/hub`,
    may: [
      `${broker}/fleet`,
      `${broker}/bus/bus.ts`,
      `${broker}/security`,
      `${broker}/audit/audit-entry.ts`,
      '@dcvsm/protocol',
      '@dcvsm/runtime',
      'ws',
      'node:*',
    ],
  },
  {
    folder: `${broker}/admin`,
    may: [
      `${broker}/http`,
      `${broker}/security`,
      `${broker}/audit`,
      `${broker}/domain`,
      `${broker}/fleet`,
      `${broker}/view`,
      `${broker}/store/store.ts`,
      '@dcvsm/protocol',
      '@dcvsm/runtime',
      'express',
      'zod',
      'node:*',
    ],
  },
  { folder: `${broker}/config`, may: ['node:*', 'zod'] },
  // The command: its subcommands are functions of admin/, and `serve` starts the broker.
  {
    folder: `${broker}/cli`,
    may: [
      `${broker}/admin`,
      `${broker}/audit`,
      `${broker}/config`,
      `${broker}/broker.ts`,
      `${broker}/cluster/nats-address.ts`,
      `${broker}/security/certificates`,
      `${broker}/store`,
      '@dcvsm/runtime',
      'commander',
      'zod',
      'node:*',
    ],
  },
  // The composition root knows everything.
  { folder: broker, may: ['*'] },
  {
    folder: `${agent}/work/plan.ts`,
    may: [`${agent}/work`, `${agent}/dcv`, `${agent}/config/platform.ts`, '@dcvsm/protocol'],
    pure: true,
  },
  {
    folder: agent,
    may: [
      '@dcvsm/protocol',
      '@dcvsm/runtime',
      'node:*',
      'ws',
      'zod',
      'systeminformation',
      'smol-toml',
      'commander',
      'pino',
      'rotating-file-stream',
    ],
  },
  { folder: 'apps/desktop/src', may: ['@dcvsm/runtime', 'node:*', 'zod', 'commander', 'pngjs', 'jpeg-js'] },
  {
    folder: 'apps/demo/src',
    may: ['@dcvsm/client', '@dcvsm/protocol', '@dcvsm/runtime', 'commander', 'zod', 'node:*'],
  },
  {
    folder: 'apps/fleet/src',
    may: ['@dcvsm/client', '@dcvsm/protocol', '@dcvsm/runtime', 'commander', 'ws', 'node:*'],
  },
  {
    folder: 'apps/cli/src',
    may: ['@dcvsm/client', '@dcvsm/protocol', '@dcvsm/runtime', 'commander', 'yaml', 'zod', 'node:*'],
  },
  { folder: 'bench/src', may: ['*'] },
];

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^;'"]*?from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

const problems = sources().flatMap(check);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);

function sources() {
  return ['packages', 'apps', 'bench'].flatMap((top) =>
    readdirSync(join(root, top), { recursive: true })
      .map((file) => join(top, file))
      .filter((file) => /(?:^|\/)src\/.*\.ts$/.test(file))
      .filter((file) => !/\.test\.ts$|\/dist\/|\/node_modules\//.test(file)),
  );
}

function check(file) {
  const rule = RULES.filter(({ folder }) => isWithin(file, folder)).sort(
    (a, b) => b.folder.length - a.folder.length,
  )[0];
  if (rule === undefined)
    return [`${file}: no rule in scripts/check-imports.mjs says what this folder may import`];
  const text = readFileSync(join(root, file), 'utf8');
  const found = [...text.matchAll(IMPORT)].map(([, from, bare, dynamic]) => from ?? bare ?? dynamic);
  const forbidden = found
    .map((specifier) => target(file, specifier))
    .filter((imported) => !isAllowed(rule, file, imported))
    .map((imported) => `${file}: must not import ${imported} (rule of ${rule.folder})`);
  if (rule.pure && /\basync\b|\bawait\b/.test(stripComments(text))) {
    forbidden.push(`${file}: decisions are pure, so nothing here is async (rule of ${rule.folder})`);
  }
  return forbidden;
}

function target(file, specifier) {
  if (!specifier.startsWith('.')) return specifier;
  return relative(root, resolve(root, dirname(file), specifier)).replace(/\.js$/, '.ts');
}

function isAllowed({ folder, may }, file, imported) {
  if (isWithin(imported, folder)) return true;
  return may.some(
    (allowed) =>
      allowed === '*' ||
      isWithin(imported, allowed) ||
      (allowed === 'node:*' && imported.startsWith('node:')) ||
      imported === allowed ||
      imported.startsWith(`${allowed}/`),
  );
}

function isWithin(file, folder) {
  return file === folder || file.startsWith(`${folder}/`);
}

function stripComments(text) {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\/\/.*$/gm, '')
    .replace(/'[^'\n]*'|`[^`]*`/g, "''");
}
