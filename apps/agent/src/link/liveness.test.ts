import { ManualClock } from '@dcvsm/testkit';
import { Liveness } from './liveness.js';

describe('Liveness', () => {
  it('gives a link up after three silent heartbeats', async () => {
    const clock = new ManualClock();
    const liveness = new Liveness(clock, 1000);
    for (let beat = 0; beat < 3; beat += 1) {
      await clock.advance(1000);
      expect(liveness.look()).toBe('alive');
    }
    await clock.advance(1000);
    expect(liveness.look()).toBe('silent');
  });

  it('lives as long as something is heard', async () => {
    const clock = new ManualClock();
    const liveness = new Liveness(clock, 1000);
    for (let beat = 0; beat < 100; beat += 1) {
      await clock.advance(1000);
      liveness.heard();
      expect(liveness.look()).toBe('alive');
    }
  });

  it('notices that only the wall clock went on', () => {
    let wallMs = 0;
    const liveness = new Liveness({ now: () => wallMs, monotonicMs: () => 0 }, 1000);
    expect(liveness.look()).toBe('alive');
    wallMs += 3_600_000;
    expect(liveness.look()).toBe('slept');
    expect(liveness.look()).toBe('alive');
  });

  it('is not troubled by a wall clock that is put back', () => {
    let wallMs = 3_600_000;
    const liveness = new Liveness({ now: () => wallMs, monotonicMs: () => 0 }, 1000);
    wallMs = 0;
    expect(liveness.look()).toBe('alive');
  });
});
