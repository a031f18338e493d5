import type { Report } from '@dcvsm/protocol';
import type { Log } from '@dcvsm/runtime';
import type { Dcv } from '../dcv/dcv.js';
import type { HostNames } from '../identity.js';
import type { SessionChanges } from '../work/session-changes.js';
import { readDcvState } from './dcv-state.js';
import type { Host } from './host.js';

export interface ReporterOptions {
  readonly host: Pick<Host, 'facts' | 'load' | 'dcvCameBack'>;
  readonly dcv: Dcv;
  readonly changes: SessionChanges;
  readonly log: Log;
}

/** A report and whether it still is true; it is asked right before sending. */
export interface FreshReport {
  readonly report: Report;
  isCurrent(): boolean;
}

/** Enough for any burst of commands; each of them brings another report anyway. */
const ATTEMPTS = 5;

/** Makes reports whose list of sessions is not older than the last change that this agent made. */
export class Reporter {
  readonly #options: ReporterOptions;
  #wasHealthy = true;

  constructor(options: ReporterOptions) {
    this.#options = options;
  }

  /** Null if sessions changed so quickly that no listing was still true when it was there. */
  async make(names: HostNames): Promise<FreshReport | null> {
    const { host, dcv, changes } = this.#options;
    const facts = await host.facts(names);
    const load = await host.load();
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const { count } = changes;
      const state = await readDcvState(dcv);
      const isCurrent = (): boolean => changes.count === count;
      if (!isCurrent()) continue;
      this.#noteHealth(state.healthy, state.healthy ? undefined : state.problem);
      return { report: { facts, load, dcv: state }, isCurrent };
    }
    return null;
  }

  #noteHealth(healthy: boolean, problem: string | undefined): void {
    const { host, log } = this.#options;
    if (healthy === this.#wasHealthy) return;
    this.#wasHealthy = healthy;
    if (healthy) {
      log.info('DCV answers again');
      host.dcvCameBack();
    } else {
      log.warn({ problem }, 'DCV does not answer; the broker is told that it is unhealthy');
    }
  }
}
