import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AGENT_VERSION } from './version.js';

describe('the version', () => {
  it('is the one of package.json', () => {
    const manifest = JSON.parse(readFileSync(join(__dirname, '../package.json'), 'utf8')) as {
      version: string;
    };
    expect(AGENT_VERSION).toBe(manifest.version);
  });
});
