import type { Sample } from './sample.js';

export type Subjects<Name extends string> = Readonly<Record<Name, () => Promise<Sample>>>;

/**
 * Measures the subjects in turn, round after round, so that whatever else the machine does meets all of them alike.
 * Every other round goes backwards: no subject always runs in the wake of the same one. The first round only warms up.
 */
export async function interleave<Name extends string>(
  subjects: Subjects<Name>,
  rounds: number,
): Promise<Record<Name, Sample[]>> {
  const names = Object.keys(subjects) as Name[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as Sample[]])) as Record<Name, Sample[]>;
  for (let round = 0; round <= rounds; round += 1) {
    const order = round % 2 === 0 ? names : [...names].reverse();
    for (const name of order) {
      const sample = await subjects[name]();
      if (round > 0) samples[name].push(sample);
    }
  }
  return samples;
}
