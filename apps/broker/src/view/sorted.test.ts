import fc from 'fast-check';
import { Sorted } from './sorted.js';

const key = fc.constantFrom('a', 'B', 'b', 'aa', 'ä', '😀', '', 'z');

it('always has what a sorted set has, and pages through it after any key', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.boolean(), key), { maxLength: 40 }),
      fc.option(key),
      (changes, after) => {
        const keys = new Sorted<string>((one) => one);
        const model = new Set<string>();
        for (const [isAdded, changed] of changes) {
          if (isAdded) keys.add(changed);
          else keys.delete(changed);
          if (isAdded) model.add(changed);
          else model.delete(changed);
        }
        const sorted = [...model].sort();
        expect(keys.size).toBe(sorted.length);
        expect([...keys.after(after)]).toEqual(sorted.filter((one) => after === null || one > after));
      },
    ),
  );
});

it('keeps the order over many keys, added and deleted in any order', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(3000), { minLength: 1500, maxLength: 4000 }),
      fc.nat(3000),
      (numbers, from) => {
        const keys = new Sorted<string>((one) => one);
        const model = new Set<string>();
        for (const [index, number] of numbers.entries()) {
          const key = String(number);
          if (index % 3 === 2) {
            keys.delete(key);
            model.delete(key);
          } else {
            keys.add(key);
            model.add(key);
          }
        }
        expect([...keys.after(null)]).toEqual([...model].sort());
        expect([...keys.after(String(from))]).toEqual([...model].filter((key) => key > String(from)).sort());
        expect(keys.size).toBe(model.size);
      },
    ),
    { numRuns: 20 },
  );
});
