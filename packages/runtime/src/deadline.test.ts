import { ManualClock } from '@dcvsm/testkit';
import { DeadlineExceeded, withDeadline } from './deadline.js';

it('settles as the work does when it is in time, and leaves no timer behind', async () => {
  const clock = new ManualClock();
  await expect(withDeadline(clock, 'it', 100, Promise.resolve(7))).resolves.toBe(7);
  await expect(withDeadline(clock, 'it', 100, Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(clock.pending).toBe(0);
});

it('rejects with who did not answer and after how long', async () => {
  const clock = new ManualClock();
  const result = withDeadline(clock, 'the agent', 100, new Promise(() => undefined));
  const caught = result.catch((error: unknown) => error);
  await clock.advance(100);
  const error = await caught;
  expect(error).toBeInstanceOf(DeadlineExceeded);
  expect(error).toMatchObject({ message: 'the agent did not answer within 100 ms', afterMs: 100 });
});

it('ignores what the work says after the deadline', async () => {
  const clock = new ManualClock();
  let reject: (error: Error) => void = () => undefined;
  const work = new Promise<never>((_, no) => (reject = no));
  const result = withDeadline(clock, 'it', 100, work).catch((error: unknown) => error);
  await clock.advance(100);
  reject(new Error('late'));
  expect(await result).toBeInstanceOf(DeadlineExceeded);
});
