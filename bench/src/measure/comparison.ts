import { spreadOf, type Sample, type Spread } from './sample.js';

/** What a figure, or its ratio to the baseline, has to reach; null: the comparison is for orientation. */
export type Target =
  | { readonly of: 'figure'; readonly atLeast: number }
  | { readonly of: 'ratio'; readonly atLeast: number }
  | { readonly of: 'ratio'; readonly atMost: number }
  | null;

/** One line of the results: a figure beside its baseline of the same run. Medians; ranges are [minimum, maximum]. */
export interface Comparison {
  readonly id: string;
  readonly what: string;
  readonly figure: number;
  readonly figureRange: readonly [number, number];
  readonly unit: string;
  readonly baseline: number;
  readonly baselineRange: readonly [number, number];
  readonly baselineWhat: string;
  /** Figure by baseline, of each round. */
  readonly ratio: number;
  readonly ratioRange: readonly [number, number];
  readonly target: string;
  /** null: no target. */
  readonly met: boolean | null;
  /** CPU of the server process for one call; the steadier comparison while the machine is busy with other work. */
  readonly cpuMicros?: { readonly figure: number; readonly baseline: number };
}

export interface ComparisonInput {
  readonly id: string;
  readonly what: string;
  readonly unit: string;
  readonly samples: readonly Sample[];
  readonly baselineWhat: string;
  readonly baselineSamples: readonly Sample[];
  readonly target: Target;
}

export function compare(input: ComparisonInput): Comparison {
  const { id, what, unit, baselineWhat, target, samples, baselineSamples } = input;
  const figure = spreadOf(samples.map((sample) => sample.figure));
  const baseline = spreadOf(baselineSamples.map((sample) => sample.figure));
  const ratio = spreadOf(
    samples.map((sample, round) => sample.figure / (baselineSamples[round]?.figure ?? Number.NaN)),
  );
  const cpu = medianCpu(samples);
  const baselineCpu = medianCpu(baselineSamples);
  return {
    id,
    what,
    figure: figure.median,
    figureRange: range(figure),
    unit,
    baseline: baseline.median,
    baselineRange: range(baseline),
    baselineWhat,
    ratio: ratio.median,
    ratioRange: range(ratio),
    target: describeTarget(target, unit),
    met: isMet(target, figure.median, ratio.median),
    ...(cpu !== null && baselineCpu !== null && { cpuMicros: { figure: cpu, baseline: baselineCpu } }),
  };
}

function range({ min, max }: Spread): readonly [number, number] {
  return [min, max];
}

function medianCpu(samples: readonly Sample[]): number | null {
  const known = samples.map((sample) => sample.serverCpuMicros).filter((micros) => micros !== null);
  return known.length === 0 ? null : spreadOf(known).median;
}

function describeTarget(target: Target, unit: string): string {
  if (target === null) return 'none';
  const bound = 'atLeast' in target ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`;
  return target.of === 'figure' ? `${bound} ${unit}` : `${bound} × baseline`;
}

function isMet(target: Target, figure: number, ratio: number): boolean | null {
  if (target === null) return null;
  const reached = target.of === 'figure' ? figure : ratio;
  return 'atLeast' in target ? reached >= target.atLeast : reached <= target.atMost;
}
