import { hostFacts, hostLoad } from '@dcvsm/testkit';
import fc from 'fast-check';
import { aSession } from '../../test/contract/records.js';
import { place, type PlacementRequest, type PlacementStrategy } from '../domain/placement.js';
import type { Server } from '../domain/server.js';
import { View } from './view.js';

const strategies: readonly PlacementStrategy[] = ['spread', 'pack', 'least-loaded'];
const ids = ['s1', 's2', 's3', 's4', 's5', 's6', 's7'];
const id = fc.constantFrom(...ids);
const requirements = {
  any: () => true,
  pink: (subject) => subject.tag('color') === 'pink',
  idle: (subject) => Number(subject.property('Host.CpuLoadAverage.OneMinute') ?? 0) < 1,
} as const satisfies Record<string, PlacementRequest['meetsRequirements']>;

function server(serverId: string, fields: { pink: boolean; gate: Server['gate']; perUser: number }): Server {
  const facts = hostFacts({
    tags: fields.pink ? [{ key: 'color', value: 'pink' }] : [],
    limits: { maxVirtualSessions: 3, maxVirtualSessionsPerUser: fields.perUser },
  });
  return { id: serverId, facts, gate: fields.gate, linkEpoch: 1, placementVersion: 1, registeredAtMs: 1 };
}

type Change = (view: View) => void;
const change: fc.Arbitrary<Change> = fc.oneof(
  fc
    .tuple(
      id,
      fc.record({
        pink: fc.boolean(),
        gate: fc.constantFrom('OPEN' as const, 'CLOSED' as const),
        perUser: fc.constantFrom(1, 2, -1),
      }),
    )
    .map(
      ([serverId, fields]): Change =>
        (view) =>
          void view.putServer(server(serverId, fields)),
    ),
  id.map(
    (serverId): Change =>
      (view) =>
        view.removeServer(serverId),
  ),
  fc
    .tuple(
      id,
      fc.constantFrom(null, 1, 1, 1),
      fc.constantFrom(0, 0.5, 2),
      fc.constantFrom(null, null, 'down'),
    )
    .map(([serverId, linkEpoch, oneMinute, dcvProblem]): Change => (view) => {
      const load = hostLoad({ cpuLoadAverage: { oneMinute, fiveMinutes: 0, fifteenMinutes: 0 } });
      view.putServerLive(serverId, { linkEpoch, load, dcvProblem });
    }),
  fc
    .record({
      key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      serverId: id,
      owner: fc.constantFrom('alice', 'bob'),
      type: fc.constantFrom('CONSOLE' as const, 'VIRTUAL' as const, 'VIRTUAL' as const),
      state: fc.constantFrom('READY' as const, 'READY' as const, 'DELETED' as const),
    })
    .map(({ key, ...fields }): Change => {
      return (view) =>
        view.putSession(aSession(key, { ...fields, version: (view.session(key)?.version ?? 0) + 1 }));
    }),
);

const question = fc.record({
  strategy: fc.constantFrom(...strategies),
  requirement: fc.constantFrom('any' as const, 'pink' as const, 'idle' as const),
  type: fc.constantFrom('CONSOLE' as const, 'VIRTUAL' as const),
  owner: fc.constantFrom('alice', 'bob'),
  hasAutorunFile: fc.boolean(),
  triedServerIds: fc.subarray(ids, { maxLength: 2 }),
  serverTags: fc.constantFrom(
    undefined,
    undefined,
    [{ key: 'color', value: 'pink' }],
    [
      { key: 'dcv:os-family', value: 'linux' },
      { key: 'color', value: 'pink' },
    ],
    [{ key: 'color', value: 'blue' }],
  ),
});

it('chooses what a look at every server would choose, whatever changed since it was last asked', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.array(change, { maxLength: 8 }), question), { maxLength: 30 }),
      (rounds) => {
        const view = new View();
        for (const serverId of ids) {
          view.putServer(server(serverId, { pink: serverId < 's4', gate: 'OPEN', perUser: 2 }));
          view.putServerLive(serverId, { linkEpoch: 1, load: hostLoad() });
        }
        for (const [changes, { strategy, requirement, serverTags, ...asked }] of rounds) {
          for (const apply of changes) apply(view);
          const request = {
            ...asked,
            ...(serverTags !== undefined && { serverTags }),
            meetsRequirements: requirements[requirement],
          };
          const looked = place(request, view.servers(), strategy);
          const found = view.bestServer(request, requirement, strategy)?.id;
          expect(found).toBe(looked.kind === 'placed' ? looked.serverId : undefined);
        }
      },
    ),
    { numRuns: 300 },
  );
});

it('finds room again after more changes than it keeps', () => {
  const view = new View();
  view.putServer(server('s1', { pink: false, gate: 'OPEN', perUser: -1 }));
  const request: PlacementRequest = {
    type: 'VIRTUAL',
    owner: 'alice',
    meetsRequirements: requirements.any,
    hasAutorunFile: false,
    triedServerIds: [],
  };
  expect(view.bestServer(request, 'any', 'spread')).toBeUndefined();
  for (let times = 0; times < 70_000; times += 1) view.putServerLive('s1', { linkEpoch: null });
  view.putServerLive('s1', { linkEpoch: 1 });
  expect(view.bestServer(request, 'any', 'spread')?.id).toBe('s1');
});
