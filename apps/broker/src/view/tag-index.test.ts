import { hostFacts } from '@dcvsm/testkit';
import { aSession } from '../../test/contract/records.js';
import { View } from './view.js';

const keysWithRack = (view: View, value: string, after: string | null = null): string[] =>
  [...view.sessionsWithTagAfter('rack', value, after)].map(({ session }) => session.key);

function viewWithSessions(): View {
  const view = new View();
  const facts = hostFacts({ tags: [{ key: 'rack', value: 'r1' }] });
  const server = { id: 's1', facts, gate: 'OPEN', linkEpoch: 1, placementVersion: 1 } as const;
  view.putServer({ ...server, registeredAtMs: 1 });
  for (const key of ['a', 'b', 'c']) view.putSession(aSession(key, { serverId: 's1' }));
  return view;
}

it('goes on after a key, whether or not it is still there', () => {
  const view = viewWithSessions();
  expect(keysWithRack(view, 'r1', 'a')).toEqual(['b', 'c']);
  view.removeSession('b');
  expect(keysWithRack(view, 'r1', 'b')).toEqual(['c']);
});

it('does not mix keys and values up', () => {
  const view = viewWithSessions();
  expect(keysWithRack(view, 'r')).toEqual([]);
  expect([...view.sessionsWithTagAfter('rackr', '1', null)]).toEqual([]);
});

it('gathers a tag again that was given up for others', () => {
  const view = viewWithSessions();
  const keys = (value: string): string[] => keysWithRack(view, value);
  expect(keys('r1')).toEqual(['a', 'b', 'c']);
  for (let other = 2; other < 20; other += 1) expect(keys(`r${other}`)).toEqual([]);
  view.putSession(aSession('d', { serverId: 's1' }));
  expect(keys('r1')).toEqual(['a', 'b', 'c', 'd']);
});
