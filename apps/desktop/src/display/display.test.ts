import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog, systemClock, systemIds } from '@dcvsm/runtime';
import { findProgram } from '../processes/find-program.js';
import type { Picture } from '../picture/picture.js';
import { wallpaper } from '../picture/wallpaper.js';
import { xDisplays } from './x-display.js';
import type { Displays } from './display.js';
import { findDisplays } from './find-displays.js';

/** Compared as bytes: a difference of whole pictures, printed value by value, takes minutes. */
const content = ({ width, height, rgba }: Picture): string =>
  `${width}x${height} ${createHash('sha256').update(rgba).digest('hex')}`;

const SIZE = { width: 320, height: 240 };

describe.each(['Xvnc', 'Xvfb'] as const)('a display of %s', (name) => {
  let folder: string;
  let displays: Displays | null = null;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dcv-display-'));
    const kind = await findProgram([name]);
    if (kind) displays = xDisplays({ clock: systemClock(), ids: systemIds(), kind, size: SIZE });
    else if (process.env['CI']) throw new Error(`${name} must be installed where CI is set`);
    else process.stderr.write(`${name} is not installed: its displays are not tested\n`);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('shows its background, at any size that it can take', async () => {
    if (!displays) return;
    const display = await displays.start({ sessionId: 'one', folder, mark: 'display-test' });
    try {
      expect(display.name).toMatch(/^:\d+$/);
      expect(content(await display.capture())).toBe(content(wallpaper('one', SIZE)));
      const smaller = { width: 200, height: 180, x: 0, y: 0 };
      await display.setLayout([smaller]);
      expect(display.layout).toEqual([smaller]);
      expect(content(await display.capture())).toBe(content(wallpaper('one', { width: 200, height: 180 })));
      const larger = { width: 1000, height: 500, x: 0, y: 0 };
      if (name === 'Xvnc') await display.setLayout([larger]);
      else await expect(display.setLayout([larger])).rejects.toThrow('cannot be made 1000x500: it takes');
      const { width, height } = name === 'Xvnc' ? larger : smaller;
      expect(content(await display.capture())).toBe(content(wallpaper('one', { width, height })));
    } finally {
      await display.stop();
    }
    await display.gone;
    await expect(display.capture()).rejects.toThrow(/ENOENT|ECONNREFUSED|closed/);
  });
});

it('draws pictures when asked to', async () => {
  const displays = await findDisplays({
    clock: systemClock(),
    ids: systemIds(),
    log: silentLog(),
    size: SIZE,
    drawnOnly: true,
  });
  const display = await displays.start({ sessionId: 'one', folder: '/nowhere', mark: 'm' });
  expect(display.name).toBe('');
  expect(content(await display.capture())).toBe(content(wallpaper('one', SIZE)));
});
