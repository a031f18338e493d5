import { hostFacts } from '@dcvsm/testkit';
import { allTags } from './tags.js';

it('adds the built-in tags, which win over those of the host', () => {
  const facts = hostFacts({
    tags: [
      { key: 'color', value: 'pink' },
      { key: 'dcv:os-family', value: 'beos' },
      { key: 'dcv:mine', value: 'x' },
    ],
    limits: { maxVirtualSessions: 5, maxVirtualSessionsPerUser: -1 },
  });
  expect(Object.fromEntries(allTags(facts))).toEqual({
    color: 'pink',
    'dcv:os-family': 'linux',
    'dcv:max-virtual-sessions': '5',
    'dcv:max-concurrent-sessions-per-user': '-1',
  });
});

it('says that Windows has no virtual sessions, whatever the limit', () => {
  const os = { family: 'windows', name: 'Windows', version: '11' } as const;
  expect(allTags(hostFacts({ os })).get('dcv:max-virtual-sessions')).toBe('0');
});

it('takes keys that mean something to JavaScript as any other', () => {
  const facts = hostFacts({ tags: [{ key: '__proto__', value: 'x' }] });
  expect(allTags(facts).get('__proto__')).toBe('x');
  expect(allTags(facts).get('constructor')).toBeUndefined();
});
