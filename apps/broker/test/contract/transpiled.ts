import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { transformFileSync } from '@swc/core';

const ROOT = join(__dirname, '../../../..');

/**
 * Makes plain programs of the sources that the crash writer needs, so that a child process runs the code under
 * test without a build.
 * @returns the program's path
 */
export function transpileCrashWriter(folder: string): string {
  transpile('apps/broker/src/domain', join(folder, 'apps/broker/src/domain'));
  transpile('apps/broker/src/store', join(folder, 'apps/broker/src/store'));
  transpile('apps/broker/test/contract', join(folder, 'apps/broker/test/contract'));
  const protocol = join(folder, 'node_modules/@dcvsm/protocol');
  transpile('packages/protocol/src', protocol);
  writeFileSync(join(protocol, 'package.json'), '{"name":"@dcvsm/protocol","main":"index.js"}');
  return join(folder, 'apps/broker/test/contract/crash-writer.js');
}

/** Where the child finds the packages of the registry. */
export const packagesFolder = join(ROOT, 'node_modules');

function transpile(source: string, target: string): void {
  const files = readdirSync(join(ROOT, source), { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => !name.endsWith('.test.ts'))) {
    const from = join(ROOT, source, file);
    const to = join(target, file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(to), { recursive: true });
    if (file.endsWith('.ts')) writeFileSync(to, commonJs(from));
    else if (file.endsWith('.json')) cpSync(from, to);
  }
}

function commonJs(path: string): string {
  return transformFileSync(path, {
    configFile: false,
    swcrc: false,
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
  }).code;
}
