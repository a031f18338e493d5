#!/usr/bin/env node
/** Writes packages/protocol/openapi.yaml from the operations table; with --check only says whether it differs. */
import { readFileSync, writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { build } from './build.mjs';

build('@dcvsm/protocol');
const { openApiDocument } = await import('../packages/protocol/dist/index.js');
const file = new URL('../packages/protocol/openapi.yaml', import.meta.url);
const fresh = stringify(openApiDocument(), { aliasDuplicateObjects: false, lineWidth: 110 });

if (process.argv.includes('--check')) {
  if (readFileSync(file, 'utf8') !== fresh) {
    console.error(
      'packages/protocol/openapi.yaml is not what the operations table says. Run: npm run openapi',
    );
    process.exit(1);
  }
} else {
  writeFileSync(file, fresh);
}
