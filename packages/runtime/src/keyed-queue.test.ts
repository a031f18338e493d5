import fc from 'fast-check';
import { KeyedQueue } from './keyed-queue.js';

it('runs work of one key in order and one at a time, and of different keys side by side', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 20 }),
      async (scheduler, keys) => {
        const queue = new KeyedQueue();
        const running = new Map<string, number>();
        const ended: [string, number][] = [];
        const work = keys.map((key, index) =>
          queue.run(key, async () => {
            expect(running.has(key)).toBe(false);
            running.set(key, index);
            await scheduler.schedule(Promise.resolve());
            running.delete(key);
            ended.push([key, index]);
            return index;
          }),
        );
        await scheduler.waitFor(Promise.all(work));
        expect(await Promise.all(work)).toEqual(keys.map((_, index) => index));
        for (const key of new Set(keys)) {
          const order = ended.filter(([other]) => other === key).map(([, index]) => index);
          expect(order).toEqual([...order].sort((a, b) => a - b));
        }
        await queue.idle();
        expect(queue.size).toBe(0);
      },
    ),
  );
});

it('goes on after work that failed, and tells only the one who asked for it', async () => {
  const queue = new KeyedQueue();
  const failing = queue.run('a', () => Promise.reject(new Error('broken')));
  const next = queue.run('a', async () => 'done');
  await expect(failing).rejects.toThrow('broken');
  await expect(next).resolves.toBe('done');
});

it('counts keys with work and forgets them afterwards', async () => {
  const queue = new KeyedQueue();
  void queue.run('a', async () => undefined);
  void queue.run('a', async () => undefined);
  void queue.run('b', async () => undefined);
  expect(queue.size).toBe(2);
  await queue.idle();
  expect(queue.size).toBe(0);
});
