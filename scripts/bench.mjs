#!/usr/bin/env node
/** `npm run bench -- ...`: builds what changed, then runs the benchmarks. */
import { build } from './build.mjs';

build('@dcvsm/bench...');
await import('../bench/dist/main.js');
