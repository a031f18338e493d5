import type { Clock, Ids, Log } from '@dcvsm/runtime';
import type { Size } from '../picture/picture.js';
import { findProgram } from '../processes/find-program.js';
import type { Displays } from './display.js';
import { drawnDisplays } from './drawn-display.js';
import { xDisplays } from './x-display.js';

export interface FindDisplays {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly size: Size;
  readonly drawnOnly: boolean;
}

/** The best kind of display this machine has: Xvnc (its screen can change size), else Xvfb, else drawn pictures. */
export async function findDisplays({ clock, ids, log, size, drawnOnly }: FindDisplays): Promise<Displays> {
  if (drawnOnly) return drawnDisplays(size);
  const kind = await findProgram(['Xvnc', 'Xvfb'] as const);
  if (kind) return xDisplays({ clock, ids, kind, size });
  log.warn(
    'neither Xvnc nor Xvfb is installed: sessions are drawn pictures and their init scripts do not run',
  );
  return drawnDisplays(size);
}
