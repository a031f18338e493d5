import { interleave } from './interleave.js';

describe('interleave', () => {
  it('takes turns, goes backwards every other round, and forgets the first', async () => {
    const turns: string[] = [];
    const subject = (name: string) => async () => {
      turns.push(name);
      return { figure: turns.length, serverCpuMicros: null };
    };
    const samples = await interleave({ a: subject('a'), b: subject('b') }, 2);
    expect(turns.join('')).toBe('abbaab');
    expect(samples.a.map(({ figure }) => figure)).toEqual([4, 5]);
    expect(samples.b.map(({ figure }) => figure)).toEqual([3, 6]);
  });
});
