import { Refusal } from '../refusal.js';
import { DCV_COMMANDS, type DcvCommand, type FaultKind } from '../wire/request.js';

export interface Fault {
  readonly kind: Exclude<FaultKind, 'none'>;
  readonly delayMs: number;
}

interface Planned extends Fault {
  /** How many calls still see it; null for all. */
  readonly left: number | null;
}

export interface FaultPlan {
  readonly of: string;
  readonly kind: FaultKind;
  readonly delayMs: number;
  readonly times: number | null;
}

/** The accidents that tests have ordered, for one dcv command or for `all`; the one for the command goes first. */
export class Faults {
  readonly #planned = new Map<string, Planned>();

  /** @throws Refusal if there is no such command */
  plan({ of, kind, delayMs, times }: FaultPlan): void {
    if (of !== 'all' && !DCV_COMMANDS.has(of)) {
      throw new Refusal(`unknown dcv command '${of}': use all or one of ${[...DCV_COMMANDS].join(', ')}`);
    }
    if (kind === 'none' && of === 'all') this.#planned.clear();
    else if (kind === 'none') this.#planned.delete(of);
    else this.#planned.set(of, { kind, delayMs, left: times });
  }

  /** The fault of this call, if any, which counts as one of its times. */
  take(command: DcvCommand): Fault | null {
    const key = [command, 'all'].find((name) => this.#planned.has(name));
    const planned = key === undefined ? undefined : this.#planned.get(key);
    if (key === undefined || !planned) return null;
    if (planned.left === 1) this.#planned.delete(key);
    else if (planned.left !== null) this.#planned.set(key, { ...planned, left: planned.left - 1 });
    return { kind: planned.kind, delayMs: planned.delayMs };
  }
}
