import fc from 'fast-check';
import {
  describeUnplaceable,
  place,
  reject,
  rejections,
  type Candidate,
  type PlacementRequest,
  type PlacementStrategy,
  type Rejection,
} from './placement.js';

function server(id: string, change: Partial<Candidate> = {}): Candidate {
  return {
    id,
    gate: 'OPEN',
    reachable: true,
    dcvProblem: null,
    osFamily: 'linux',
    loggedInUsers: 0,
    consoleSessions: 0,
    virtualSessions: 0,
    maxVirtualSessions: 10,
    maxVirtualSessionsPerUser: -1,
    virtualSessionsOf: () => 0,
    loadPerCpu: 0,
    memoryUse: 0,
    subject: { tag: () => undefined, property: () => undefined },
    ...change,
  };
}

function request(change: Partial<PlacementRequest> = {}): PlacementRequest {
  return {
    type: 'VIRTUAL',
    owner: 'alice',
    meetsRequirements: () => true,
    hasAutorunFile: false,
    triedServerIds: [],
    ...change,
  };
}

const console_ = request({ type: 'CONSOLE' });

const filters: readonly [Rejection, PlacementRequest, Partial<Candidate>][] = [
  ['requirements', request({ meetsRequirements: () => false }), {}],
  ['unreachable', request(), { reachable: false }],
  ['closed', request(), { gate: 'CLOSED' }],
  ['unhealthy', request(), { dcvProblem: 'broken' }],
  ['tried', request({ triedServerIds: ['s1'] }), {}],
  ['consoleExists', request(), { consoleSessions: 1 }],
  ['consoleExists', console_, { consoleSessions: 1 }],
  ['virtualExists', console_, { virtualSessions: 1 }],
  ['autorun', request({ type: 'CONSOLE', hasAutorunFile: true }), {}],
  ['loggedInUser', console_, { osFamily: 'windows', loggedInUsers: 1 }],
  ['osType', request(), { osFamily: 'windows' }],
  ['full', request(), { virtualSessions: 2, maxVirtualSessions: 2 }],
  ['full', request(), { maxVirtualSessions: 0 }],
  ['userLimit', request(), { maxVirtualSessionsPerUser: 1, virtualSessionsOf: () => 1 }],
];

describe.each(filters)('a server that is refused for "%s"', (rejection, asked, change) => {
  it('is counted under that reason, in words for people', () => {
    const result = place(asked, [server('s1', change)], 'spread');
    expect(result).toEqual({ kind: 'unplaceable', considered: 1, counts: new Map([[rejection, 1]]) });
    if (result.kind !== 'unplaceable') return;
    expect(describeUnplaceable(result)).toBe(
      `No DCV server found for the given criteria: of 1 server, 1 ${rejections[rejection]}`,
    );
  });
});

it('has a filter for every rejection', () => {
  expect(new Set(filters.map(([rejection]) => rejection))).toEqual(new Set(Object.keys(rejections)));
});

it.each<readonly [string, PlacementRequest, Partial<Candidate>]>([
  [
    'an autorun file in a Windows console session',
    request({ type: 'CONSOLE', hasAutorunFile: true }),
    { osFamily: 'windows' },
  ],
  ['an autorun file in a virtual session', request({ hasAutorunFile: true }), {}],
  [
    'any number of virtual sessions without a limit',
    request(),
    { virtualSessions: 1_000, maxVirtualSessions: -1 },
  ],
  ['a console session where no virtual ones are allowed', console_, { maxVirtualSessions: 0 }],
  ['a virtual session while somebody is logged in on Linux', request(), { loggedInUsers: 3 }],
])('allows %s', (_, asked, change) => {
  expect(reject(asked, server('s1', change))).toBeNull();
});

describe('the order of choice', () => {
  const choice = (strategy: PlacementStrategy, ...servers: Candidate[]): string | null => {
    const result = place(request(), servers, strategy);
    return result.kind === 'placed' ? result.serverId : null;
  };

  it('of spread is fewest sessions, then lowest load', () => {
    expect(
      choice(
        'spread',
        server('a', { virtualSessions: 2 }),
        server('b', { virtualSessions: 1, loadPerCpu: 5 }),
      ),
    ).toBe('b');
    expect(choice('spread', server('a', { loadPerCpu: 2 }), server('b', { loadPerCpu: 1 }))).toBe('b');
  });

  it('of pack is most sessions that leave room, then lowest load', () => {
    const full = server('a', { virtualSessions: 10 });
    const busy = server('b', { virtualSessions: 9, loadPerCpu: 5 });
    expect(choice('pack', full, busy, server('c', { virtualSessions: 3 }))).toBe('b');
    expect(choice('pack', server('a', { loadPerCpu: 2 }), server('b', { loadPerCpu: 1 }))).toBe('b');
  });

  it('of least-loaded is load, then memory, then sessions', () => {
    const calm = { loadPerCpu: 0.1, memoryUse: 0.9, virtualSessions: 5 };
    expect(choice('least-loaded', server('a', { loadPerCpu: 0.2 }), server('b', calm))).toBe('b');
    expect(choice('least-loaded', server('a', { memoryUse: 0.5 }), server('b', { virtualSessions: 5 }))).toBe(
      'b',
    );
    expect(choice('least-loaded', server('a', { virtualSessions: 1 }), server('b'))).toBe('b');
  });

  it.each<PlacementStrategy>(['spread', 'pack', 'least-loaded'])(
    'of %s ends with the smaller id',
    (strategy) => {
      expect(choice(strategy, server('b'), server('a'), server('c'))).toBe('a');
    },
  );
});

const anyServer = fc
  .record({
    gate: fc.constantFrom('OPEN' as const, 'CLOSED' as const),
    reachable: fc.boolean(),
    dcvProblem: fc.constantFrom(null, null, 'broken'),
    osFamily: fc.constantFrom('linux' as const, 'windows' as const),
    loggedInUsers: fc.nat(1),
    consoleSessions: fc.nat(1),
    virtualSessions: fc.nat(4),
    maxVirtualSessions: fc.integer({ min: -1, max: 4 }),
    maxVirtualSessionsPerUser: fc.integer({ min: -1, max: 2 }),
    ofUser: fc.nat(2),
    loadPerCpu: fc.constantFrom(0, 0.5, 1),
    memoryUse: fc.constantFrom(0, 0.5, 1),
  })
  .map(({ ofUser, ...change }) => ({ ...change, virtualSessionsOf: () => ofUser }));
const anyFleet = fc
  .uniqueArray(fc.string({ minLength: 1, maxLength: 3 }), { maxLength: 8 })
  .chain((ids) => fc.tuple(...ids.map((id) => anyServer.map((change) => server(id, change)))));
const anyRequest = fc
  .record({ type: fc.constantFrom('CONSOLE' as const, 'VIRTUAL' as const), hasAutorunFile: fc.boolean() })
  .map(request);
const anyStrategy = fc.constantFrom<PlacementStrategy>('spread', 'pack', 'least-loaded');

it('gives the same answer for the same snapshot, whatever the order in which servers are looked at', () => {
  const shuffled = anyFleet.chain((fleet) =>
    fc.tuple(fc.constant(fleet), fc.shuffledSubarray(fleet, { minLength: fleet.length })),
  );
  fc.assert(
    fc.property(shuffled, anyRequest, anyStrategy, ([fleet, other], asked, strategy) => {
      expect(place(asked, other, strategy)).toEqual(place(asked, fleet, strategy));
    }),
  );
});

it('never places over a limit, beside a console session, or on a server that is closed, away or sick', () => {
  fc.assert(
    fc.property(anyFleet, anyRequest, anyStrategy, (fleet, asked, strategy) => {
      const result = place(asked, fleet, strategy);
      if (result.kind === 'unplaceable') {
        const counted = [...result.counts.values()].reduce((sum, count) => sum + count, 0);
        expect([result.considered, counted]).toEqual([fleet.length, fleet.length]);
        return;
      }
      const chosen = fleet.find(({ id }) => id === result.serverId)!;
      expect(chosen).toMatchObject({ gate: 'OPEN', reachable: true, dcvProblem: null, consoleSessions: 0 });
      if (asked.type === 'CONSOLE') {
        expect(chosen.virtualSessions).toBe(0);
        return;
      }
      const { maxVirtualSessions: max, maxVirtualSessionsPerUser: perUser } = chosen;
      expect(max === -1 || chosen.virtualSessions < max).toBe(true);
      expect(perUser === -1 || chosen.virtualSessionsOf('alice') < perUser).toBe(true);
    }),
  );
});

it('says so when there is no server at all', () => {
  const result = place(request(), [], 'spread');
  expect(result.kind === 'unplaceable' && describeUnplaceable(result)).toBe(
    'No DCV server found for the given criteria: no server is registered',
  );
});

describe('for a client that is limited to tags', () => {
  const pool = (value: string): Partial<Candidate> => ({
    subject: { tag: (key) => (key === 'pool' ? value : undefined), property: () => undefined },
  });
  const limited = request({ serverTags: [{ key: 'pool', value: 'blue' }] });

  it('other servers are neither chosen nor counted', () => {
    const servers = [server('s1', pool('red')), server('s2', { ...pool('blue'), virtualSessions: 5 })];
    expect(place(limited, servers, 'spread')).toEqual({ kind: 'placed', serverId: 's2' });
    const full = [server('s1', pool('red')), server('s2', { ...pool('blue'), gate: 'CLOSED' }), server('s3')];
    const refused = place(limited, full, 'spread');
    expect(refused).toEqual({ kind: 'unplaceable', considered: 1, counts: new Map([['closed', 1]]) });
  });

  it('a fleet without such a server reads as an empty one', () => {
    const [none, foreign] = [[], [server('s1', pool('red'))]].map((servers) =>
      place(limited, servers, 'spread'),
    );
    expect(foreign).toEqual(none);
  });
});
