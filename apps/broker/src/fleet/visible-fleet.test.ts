import { hostFacts } from '@dcvsm/testkit';
import fc from 'fast-check';
import { aSession } from '../../test/contract/records.js';
import type { Restriction } from '../domain/caller.js';
import type { Session } from '../domain/session.js';
import { maySeeServer, seenSession } from '../domain/visibility.js';
import type { SessionEntry } from '../view/session-entry.js';
import { View } from '../view/view.js';
import type { FleetContext } from './fleet-context.js';
import { VisibleFleet } from './visible-fleet.js';

const pools = ['blue', 'red'];
const serverIds = ['s1', 's2', 's3', 's4'];
const owners = ['alice', 'bob', 'carol'];

const restriction: fc.Arbitrary<Restriction> = fc.record({
  owners: fc.option(fc.array(fc.constantFrom(...owners), { maxLength: 3 })),
  serverTags: fc.option(
    fc.array(fc.record({ key: fc.constant('pool'), value: fc.constantFrom(...pools, 'none') }), {
      maxLength: 1,
    }),
  ),
});

const session = fc.record({
  owner: fc.constantFrom(...owners),
  // `gone` is on no server that is known.
  serverId: fc.constantFrom(...serverIds, 'gone', null),
  pool: fc.option(fc.constantFrom(...pools)),
});

/** A fleet with these sessions among many that belong to nobody here and are on a server of their own. */
function viewOf(
  sessions: readonly (typeof session extends fc.Arbitrary<infer One> ? One : never)[],
  others: number,
): View {
  const view = new View();
  for (const [index, id] of [...serverIds, 'crowded'].entries()) {
    const tags = id === 'crowded' ? [] : [{ key: 'pool', value: pools[index % 2] ?? '' }];
    const facts = hostFacts({ tags });
    view.putServer({ id, facts, gate: 'OPEN', linkEpoch: 1, placementVersion: 1, registeredAtMs: 1 });
  }
  for (const [index, { owner, serverId, pool }] of sessions.entries()) {
    const serverTags = pool === null ? {} : { serverTags: [{ key: 'pool', value: pool }] };
    const wanted = { enqueue: true, retryOnFailure: true, ...serverTags };
    view.putSession(aSession(`k${index * 7}`, { owner, serverId, wanted, stateReason: 'because' }));
  }
  for (let index = 0; index < others; index += 1) {
    view.putSession(aSession(`k${index}x`, { owner: 'dave', serverId: 'crowded' }));
  }
  return view;
}

it('lists exactly what is to be seen, in order, from wherever a page starts, in small and large fleets', () => {
  fc.assert(
    fc.property(
      restriction,
      fc.array(session, { maxLength: 12 }),
      fc.constantFrom(0, 400),
      fc.option(fc.constantFrom('k0', 'k14', 'k3x', 'k9')),
      (limits, sessions, others, after) => {
        const view = viewOf(sessions, others);
        const fleet = new VisibleFleet({ view } as FleetContext, limits);
        const expected = [...view.sessionsAfter(after)].flatMap(({ session: one }) => {
          const seen = seenSession(limits, one, view.server(one.serverId ?? ''));
          return seen === null ? [] : [seen];
        });
        const shown = (entries: Iterable<SessionEntry>): Session[] =>
          [...entries].map((entry) => entry.session);
        expect(shown(fleet.sessions(after))).toEqual(expected);
        for (const owner of owners) {
          const ofOwner = expected.filter((one) => one.owner === owner);
          expect(shown(fleet.sessionsOfOwner(owner, after))).toEqual(ofOwner);
        }
        const visible = [...view.serversAfter(null)].filter((entry) => maySeeServer(limits, entry));
        expect([...fleet.servers(null)]).toEqual(visible);
        expect([...fleet.serversWithIds([...serverIds, 'none', 's1'], null)]).toEqual(
          visible.filter((entry) => entry.id !== 'crowded'),
        );
      },
    ),
  );
});
