import { compare, type ComparisonInput } from './comparison.js';
import type { Sample } from './sample.js';

const samples = (...figures: number[]): Sample[] =>
  figures.map((figure) => ({ figure, serverCpuMicros: null }));

function input(overrides: Partial<ComparisonInput>): ComparisonInput {
  return {
    id: 'X',
    what: 'something',
    unit: 'calls/s',
    samples: samples(50, 10, 40),
    baselineWhat: 'its limit',
    baselineSamples: samples(100, 100, 50),
    target: null,
    ...overrides,
  };
}

describe('compare', () => {
  it('gives the median and the range of both sides', () => {
    const comparison = compare(input({}));
    expect(comparison).toMatchObject({
      figure: 40,
      figureRange: [10, 50],
      baseline: 100,
      baselineRange: [50, 100],
    });
  });

  it('takes the ratio round by round, not of the medians', () => {
    expect(compare(input({}))).toMatchObject({ ratio: 0.5, ratioRange: [0.1, 0.8] });
  });

  it.each([
    [{ of: 'ratio', atLeast: 0.5 }, true],
    [{ of: 'ratio', atLeast: 0.51 }, false],
    [{ of: 'ratio', atMost: 0.5 }, true],
    [{ of: 'ratio', atMost: 0.49 }, false],
    [{ of: 'figure', atLeast: 41 }, false],
    [null, null],
  ] as const)('judges target %j: %s', (target, met) => {
    expect(compare(input({ target })).met).toBe(met);
  });

  it('refuses to summarise nothing', () => {
    expect(() => compare(input({ samples: [] }))).toThrow('no repetition was measured');
  });
});
