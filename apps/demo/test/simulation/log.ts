import { createLog, type Log } from '@dcvsm/runtime';
import type { World } from './world.js';

/** What a store or a host that fails leads to, and is said to be an error of it. */
const EXPECTED = ['StoreUnavailable', 'StepFailed'];

/** A process's log. An error in it that no fault explains is a bug, and a broken promise. `told`: it is part of the history. */
export function simLog(world: World, who: string, isDead: () => boolean, told: boolean): Log {
  const write = (line: string): void => {
    if (isDead()) return;
    const {
      level,
      msg,
      err,
      time: _time,
      name: _name,
      pid: _pid,
      hostname: _hostname,
      ...rest
    } = JSON.parse(line);
    if (told) world.remark(`${who}: ${msg} ${JSON.stringify(err?.message ?? '')} ${JSON.stringify(rest)}`);
    if (level >= 50 && !EXPECTED.includes(err?.type))
      world.broken(`${who} logged an error: ${msg}: ${err?.stack ?? JSON.stringify(rest)}`);
  };
  return createLog({ name: who, level: told ? 'debug' : 'error', destination: { write } });
}
