import fc from 'fast-check';
import { KeyIndex } from './key-index.js';

it('always has the keys that were added to a group and not deleted', () => {
  const change = fc.tuple(fc.boolean(), fc.constantFrom('g1', 'g2'), fc.constantFrom('a', 'b', 'c'));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
      const index = new KeyIndex<string>();
      const model = new Map([
        ['g1', new Set<string>()],
        ['g2', new Set<string>()],
      ]);
      for (const [isAdded, group, key] of changes) {
        if (isAdded) index.add(group, key);
        else index.delete(group, key);
        if (isAdded) model.get(group)?.add(key);
        else model.get(group)?.delete(key);
      }
      for (const [group, keys] of model) expect(index.get(group)).toEqual(keys);
    }),
  );
});
