/** How much of it, and from where chance starts. */
export interface Form {
  readonly isQuick: boolean;
  readonly seed: number;
  /** F4: how often the broker is killed; null: as many as the form wants. */
  readonly rounds: number | null;
  /** F27: how long; null: as the form wants. */
  readonly soakMinutes: number | null;
}

/** One line of the table: what went wrong, what was promised of it, and what was measured. */
export interface Finding {
  readonly fault: string;
  /** What was going on meanwhile. */
  readonly load: string;
  readonly promise: string;
  readonly figure: string;
  readonly ok: boolean;
  /** A promise that the product does not keep yet, and what it lacks: listed as such, never as kept. */
  readonly pending?: string;
}

/** A file of `cases/`, named `f<two digits>-<words>.ts`, has one as its export `fault`. */
export type Fault = (form: Form) => Promise<readonly Finding[]>;

/** The number for this form. */
export function howMany({ isQuick }: Form, full: number, quick: number): number {
  return isQuick ? quick : full;
}

type About = Pick<Finding, 'fault' | 'load' | 'promise'>;

/** A time that must not be longer than its limit. */
export function within(about: About, tookMs: number, limitMs: number, more = ''): Finding {
  const figure = `${seconds(tookMs)}${more === '' ? '' : `; ${more}`}`;
  return { ...about, figure, ok: tookMs <= limitMs };
}

const SHOWN_CHARACTERS = 300;

/** The figure and the first of what is wrong, if anything is. */
export function withFirst(figure: string, wrong: readonly string[]): string {
  const [first] = wrong;
  return first === undefined ? figure : `${figure}; first: ${first.slice(0, SHOWN_CHARACTERS)}`;
}

/** Nothing may be wrong: `wrong` has a sentence for each thing that is. `counted` says how much was looked at. */
export function nothing(about: About, wrong: readonly string[], counted: string): Finding {
  return { ...about, figure: withFirst(`${wrong.length} (${counted})`, wrong), ok: wrong.length === 0 };
}

export function seconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** The value that `share` (0 to 1) of the values do not exceed; NaN if there are none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * share) - 1] ?? NaN;
}
