#!/usr/bin/env node
/** `npm run simulate:faults -- ...`: whole fleets in virtual time. Runs the sources directly; nothing has to be built. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const args = [
  '--conditions=@dcvsm/source',
  '--import',
  new URL('typescript-sources.mjs', import.meta.url).href,
  here('../apps/demo/test/simulation/main.ts'),
];
const { status } = spawnSync(process.execPath, [...args, ...process.argv.slice(2)], { stdio: 'inherit' });
process.exitCode = status ?? 1;
