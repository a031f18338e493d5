#!/usr/bin/env node
/** `npm start`: builds what changed, then starts the demo fleet in this very process, so that signals reach it. */
import { build } from './build.mjs';

console.error('building ...');
build('@dcvsm/demo...');
build('@dcvsm/cli...');
await import('../apps/demo/dist/main.js');
