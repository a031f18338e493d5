import { Report } from '@dcvsm/protocol';
import { Host } from './host.js';

const hosts = (seed: number, count: number): Host[] =>
  Array.from({ length: count }, (_, number) => new Host(seed, number));

it('reports what the protocol allows', () => {
  for (const host of hosts(1, 300)) expect(Report.parse(host.report())).toBeDefined();
});

it('is the same for the same seed, and another for another', () => {
  const facts = (seed: number): unknown[] => hosts(seed, 50).map((host) => host.facts);
  expect(facts(3)).toEqual(facts(3));
  expect(facts(3)).not.toEqual(facts(4));
});

it('has an id and an address of its own', () => {
  const fleet = hosts(1, 1000);
  expect(new Set(fleet.map(({ serverId }) => serverId)).size).toBe(1000);
  expect(new Set(fleet.map(({ facts }) => facts.ip)).size).toBe(1000);
});

it('works harder the more users it has', () => {
  const [host] = hosts(1, 1) as [Host];
  const before = host.report().load;
  for (const id of ['a', 'b', 'c', 'd'])
    host.sessions.set(id, { id, name: id, owner: id, type: 'VIRTUAL', connections: 1 });
  const after = host.report().load;
  expect(after.memoryUsedBytes).toBeGreaterThan(before.memoryUsedBytes);
  expect(after.loggedInUsers).toEqual(['a', 'b', 'c', 'd']);
});
