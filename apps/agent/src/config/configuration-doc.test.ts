import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderConfigurationDoc } from './configuration-doc.js';
import { sections, type ConfigKey } from './keys.js';

describe('the manual', () => {
  const page = readFileSync(join(__dirname, '../../../../docs/configuration.md'), 'utf8');
  const [, part = ''] = /<!-- agent:begin -->([\s\S]*)<!-- agent:end -->/.exec(page) ?? [];

  it('has the tables of agent.conf as the keys are', () => {
    expect(part).toContain(renderConfigurationDoc());
  });
});

describe('the table of keys', () => {
  const keys = Object.values(sections).flatMap((section) => Object.entries<ConfigKey>(section));

  it.each(keys)('has a default for %s that its own check accepts', (_name, key) => {
    const defaults = typeof key.default === 'object' ? Object.values(key.default) : [key.default];
    for (const value of defaults)
      if (value !== undefined) expect(key.schema.safeParse(value).success).toBe(true);
  });
});
