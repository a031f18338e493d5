import type { Latencies } from './latencies.js';
import type { Counted, Tally } from './tally.js';

/** What one look shows. Rates are over the time since the last look. */
export interface Look {
  readonly elapsedMs: number;
  readonly agents: number;
  readonly linked: number;
  readonly alive: number;
  readonly callsOnTheirWay: number;
  readonly perSecond: Readonly<Record<Counted, number>>;
  readonly tally: Tally;
}

const LONGEST_PROBLEM = 100;

/** Several lines for a terminal that is drawn anew. */
export function screen(look: Look): string[] {
  const { perSecond, tally } = look;
  const { counts, latencies } = tally;
  return [
    `simulated fleet   ${clockText(look.elapsedMs)}`,
    '',
    `agents    ${padded(look.linked)} linked of ${whole(look.agents)}, ${whole(counts.linksLost)} links lost so far`,
    `creates   ${padded(counts.accepted)} accepted   ${rate(perSecond.accepted)}   ${times(latencies.createCall)}`,
    `          ${padded(counts.refused)} refused    ${rate(perSecond.refused)}`,
    `hosts     ${padded(counts.created)} created    ${rate(perSecond.created)}   ${times(latencies.untilReady)} from the request on`,
    `          ${padded(counts.failedOnPurpose)} failed on purpose`,
    `deletes   ${padded(counts.deletions)} accepted   ${rate(perSecond.deletions)}   ${times(latencies.deleteCall)}`,
    `sessions  ${padded(look.alive)} alive, ${look.callsOnTheirWay} calls on their way`,
    `errors    ${padded(counts.errors)}`,
    `          last problem: ${tally.lastProblem?.slice(0, LONGEST_PROBLEM) ?? 'none'}`,
  ];
}

/** The same on one line, for files and pipes. */
export function line({ elapsedMs, agents, linked, alive, perSecond, tally }: Look): string {
  const { counts, latencies } = tally;
  return [
    clockText(elapsedMs),
    `linked ${linked}/${agents}`,
    `lost ${counts.linksLost}`,
    `creates ${perSecond.accepted.toFixed(1)}/s ${times(latencies.createCall)}`,
    `ready ${perSecond.created.toFixed(1)}/s ${times(latencies.untilReady)}`,
    `deletes ${perSecond.deletions.toFixed(1)}/s`,
    `alive ${alive}`,
    `refused ${counts.refused}`,
    `errors ${counts.errors}`,
  ].join('  ');
}

function times(latencies: Latencies): string {
  if (latencies.count === 0) return 'p50 -';
  const { mostMs } = latencies;
  return `p50 ${ms(latencies.quantileMs(0.5))} p99 ${ms(latencies.quantileMs(0.99))} max ${ms(mostMs)}`;
}

function ms(value: number): string {
  if (value >= 10_000) return `${(value / 1000).toFixed(1)} s`;
  return `${value.toFixed(value < 10 ? 1 : 0)} ms`;
}

function rate(perSecond: number): string {
  return `${perSecond.toFixed(1).padStart(7)}/s`;
}

function whole(count: number): string {
  return count.toLocaleString('en');
}

function padded(count: number): string {
  return whole(count).padStart(9);
}

function clockText(elapsedMs: number): string {
  const seconds = Math.floor(elapsedMs / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
