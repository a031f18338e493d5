import { silentLog, startLoop, type Clock, type Loop } from '@dcvsm/runtime';
import { COUNTED, type Counted, type Tally } from './tally.js';
import { line, screen, type Look } from './view.js';

export interface WatchOptions {
  readonly tally: Tally;
  readonly state: () => Pick<Look, 'agents' | 'linked' | 'alive' | 'callsOnTheirWay'>;
  readonly clock: Clock;
  /** A terminal is drawn anew every second; anything else gets a line every `lineMs`. */
  readonly isTerminal: boolean;
  readonly lineMs: number;
  readonly write: (text: string) => void;
}

/** Shows how the fleet does until it is stopped. */
export function watch({ tally, state, clock, isTerminal, lineMs, write }: WatchOptions): Loop {
  const startedAtMs = clock.monotonicMs();
  let lookedAtMs = startedAtMs;
  let before = { ...tally.counts };
  let drawnLines = 0;
  const body = async (): Promise<void> => {
    const nowMs = clock.monotonicMs();
    const seconds = Math.max(0.001, (nowMs - lookedAtMs) / 1000);
    const rates = COUNTED.map((name) => [name, (tally.counts[name] - before[name]) / seconds]);
    const perSecond = Object.fromEntries(rates) as Record<Counted, number>;
    const look = { ...state(), elapsedMs: nowMs - startedAtMs, perSecond, tally };
    lookedAtMs = nowMs;
    before = { ...tally.counts };
    if (isTerminal) {
      const lines = screen(look);
      const up = drawnLines === 0 ? '' : `\u001b[${drawnLines}A`;
      write(`${up}${lines.map((text) => `\u001b[2K${text}\n`).join('')}`);
      drawnLines = lines.length;
    } else write(`${line(look)}\n`);
    for (const latencies of Object.values(tally.latencies)) latencies.forget();
  };
  return startLoop(clock, silentLog(), { name: 'watch', periodMs: isTerminal ? 1000 : lineMs, body });
}
