/** How thoroughly and from where: the same seed and form try the same inputs. */
export interface Form {
  readonly seed: number;
  readonly isQuick: boolean;
}

/** One line of the table: what was promised of some inputs, and what was found. */
export interface Finding {
  readonly what: string;
  /** How many inputs were tried. */
  readonly inputs: number;
  /** What became of them, in words; for a broken promise with the first input that broke it. */
  readonly outcome: string;
  readonly figure: string;
  readonly limit: string;
  readonly ok: boolean;
}

/** A file of `cases/`, named `b<two digits>-<words>.ts`, has one as its export `abuse`. */
export type Abuse = (form: Form) => Promise<readonly Finding[]>;

/** The number of inputs for this form. */
export function howMany({ isQuick }: Form, full: number, quick: number): number {
  return isQuick ? quick : full;
}

const SHOWN_CHARACTERS = 300;

/** Nothing may be wrong: `wrong` has a sentence for each input that was handled badly. */
export function none(what: string, inputs: number, wrong: readonly string[], outcome = 'none'): Finding {
  const shown =
    wrong[0] === undefined ? outcome : `${outcome}; first: ${wrong[0].slice(0, SHOWN_CHARACTERS)}`;
  return { what, inputs, outcome: shown, figure: String(wrong.length), limit: '0', ok: wrong.length === 0 };
}

/** A measured value that must not be above its limit. */
export function atMost(
  what: string,
  measured: {
    readonly inputs: number;
    readonly value: number;
    readonly limit: number;
    readonly unit?: string;
    readonly outcome?: string;
  },
): Finding {
  const { inputs, value, limit, unit = '', outcome = 'measured' } = measured;
  const written = (number: number): string => `${Number(number.toPrecision(3))} ${unit}`.trimEnd();
  return { what, inputs, outcome, figure: written(value), limit: `≤ ${written(limit)}`, ok: value <= limit };
}

/** How often each answer came, most frequent first: `400 × 9120, 200 × 880`. */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(answer: string | number): void {
    const key = String(answer);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  count(answer: string | number): number {
    return this.#counts.get(String(answer)) ?? 0;
  }

  toString(): string {
    const sorted = [...this.#counts].sort(([, a], [, b]) => b - a);
    return sorted.map(([answer, count]) => `${answer} × ${count}`).join(', ') || 'nothing';
  }
}
