import fc from 'fast-check';
import { OrderedWork } from './ordered-work.js';

const subject = fc.constantFrom('a', 'b', 'c');
const asked = fc.array(
  fc.oneof(fc.uniqueArray(subject, { maxLength: 2 }), fc.constant('everything' as const)),
  {
    maxLength: 15,
  },
);

it('runs work with a subject in common in order and one at a time, and knows when all has ended', () =>
  fc.assert(
    fc.asyncProperty(fc.scheduler(), asked, async (scheduler, list) => {
      const order = new OrderedWork();
      const running = new Set<number>();
      const ended: number[] = [];
      const work = list.map((subjects, index) =>
        order.run(subjects, async () => {
          const shares = (other: number): boolean =>
            subjects !== 'everything' && subjects.some((name) => list[other]!.includes(name));
          expect([...running].filter(shares)).toEqual([]);
          const before = list.slice(0, index).map((_, other) => other);
          const mustHaveEnded = subjects === 'everything' ? before : before.filter(shares);
          expect(mustHaveEnded.filter((other) => !ended.includes(other))).toEqual([]);
          running.add(index);
          await scheduler.schedule(Promise.resolve());
          running.delete(index);
          ended.push(index);
          return index;
        }),
      );
      await scheduler.waitFor(Promise.all(work));
      expect(await Promise.all(work)).toEqual(list.map((_, index) => index));
      await order.idle();
    }),
  ));

it('goes on after work that failed, and tells only the one who asked for it', async () => {
  const order = new OrderedWork();
  const failing = order.run(['a'], () => Promise.reject(new Error('broken')));
  const next = order.run(['a'], async () => 'done');
  const last = order.run('everything', async () => 'all');
  await expect(failing).rejects.toThrow('broken');
  expect(await next).toBe('done');
  expect(await last).toBe('all');
});
