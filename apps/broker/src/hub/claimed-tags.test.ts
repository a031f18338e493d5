import { report } from '@dcvsm/testkit';
import { unclaimableKeys, withClaimableTags } from './claimed-tags.js';

const claimed = report([], {
  tags: [
    { key: 'color', value: 'pink' },
    { key: 'team', value: 'finance' },
    { key: 'dcv:os-family', value: 'beos' },
  ],
});

it('drops built-in tags, whatever is allowed', () => {
  const allowed = [{ key: 'dcv:os-family', value: 'beos' }];
  expect(withClaimableTags(claimed, allowed).facts.tags).toEqual([]);
  expect(withClaimableTags(claimed, null).facts.tags.map(({ key }) => key)).toEqual(['color', 'team']);
});

it('drops pairs that are not on the list, also when only the value differs', () => {
  const allowed = [
    { key: 'color', value: 'blue' },
    { key: 'color', value: 'pink' },
    { key: 'team', value: 'design' },
  ];
  expect(withClaimableTags(claimed, allowed).facts.tags).toEqual([{ key: 'color', value: 'pink' }]);
  expect(unclaimableKeys(claimed.facts, allowed)).toEqual(['team', 'dcv:os-family']);
});

it('leaves a report with nothing to drop as it is', () => {
  const honest = report([], { tags: [{ key: 'color', value: 'pink' }] });
  expect(withClaimableTags(honest, [{ key: 'color', value: 'pink' }])).toBe(honest);
});
