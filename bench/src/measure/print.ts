import type { Comparison } from './comparison.js';

/** A comparison as people read it. */
export function printComparison(comparison: Comparison): string {
  const { id, what, unit, figure, figureRange, baseline, baselineRange, baselineWhat } = comparison;
  const { ratio, ratioRange, target, met, cpuMicros } = comparison;
  const verdict = met === null ? 'no target' : `target ${target}: ${met ? 'met' : 'MISSED'}`;
  const lines = [
    `${id}  ${what}`,
    `    ${round(figure)} ${unit}  (${rangeText(figureRange)})`,
    `    baseline ${round(baseline)} ${unit}  (${rangeText(baselineRange)})  ${baselineWhat}`,
    `    ratio ${round(ratio)}  (${rangeText(ratioRange)})  ${verdict}`,
  ];
  if (cpuMicros !== undefined) {
    const { figure: ours, baseline: theirs } = cpuMicros;
    lines.push(`    server CPU per call ${round(ours)} µs, baseline ${round(theirs)} µs`);
  }
  return lines.join('\n');
}

function rangeText([min, max]: readonly [number, number]): string {
  return `${round(min)} to ${round(max)}`;
}

/** Three digits are all that a shared machine gives. */
function round(value: number): string {
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1)));
  return value.toLocaleString('en', { maximumFractionDigits: Math.min(digits, 4) });
}
