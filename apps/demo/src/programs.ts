import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The built programs that the demo starts, as a user would start the installed ones. */
export interface Programs {
  readonly broker: string;
  readonly agent: string;
  readonly desktop: string;
}

/** `moduleUrl` is that of a file in `apps/demo/dist`. */
export function builtPrograms(moduleUrl: string): Programs {
  const apps = resolve(dirname(fileURLToPath(moduleUrl)), '../..');
  return {
    broker: resolve(apps, 'broker/dist/main.js'),
    agent: resolve(apps, 'agent/dist/main.js'),
    desktop: resolve(apps, 'desktop/dist/main.js'),
  };
}
