import type { HostSession } from '@dcvsm/protocol';
import { ManualClock } from '@dcvsm/testkit';
import { Abandoned } from './abandoned.js';

const listed = (id: string): HostSession => ({ id, name: '', owner: '', type: 'VIRTUAL', connections: 0 });

describe('Abandoned', () => {
  it('finds what appeared after all, until it is forgotten or long ago', async () => {
    const clock = new ManualClock();
    const abandoned = new Abandoned(clock);
    abandoned.add('a');
    abandoned.add('b');
    expect(abandoned.among([listed('a'), listed('x')])).toEqual(['a']);
    abandoned.forget('a');
    expect(abandoned.among([listed('a'), listed('b')])).toEqual(['b']);
    await clock.advance(16 * 60_000);
    expect(abandoned.among([listed('b')])).toEqual([]);
  });
});
