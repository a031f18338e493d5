import fc from 'fast-check';
import { aSession } from '../../test/contract/records.js';
import { allScopes, unrestricted, type Caller, type Restriction, type ServerTag } from './caller.js';
import {
  hasScope,
  isUnrestricted,
  limitedRequest,
  maySeeServer,
  maySeeSession,
  ownerProblem,
  restrictionOf,
  seenSession,
  type TaggedServer,
} from './visibility.js';

const owner = fc.constantFrom('alice', 'bob', 'Alice', '');
const tag = fc.record({ key: fc.constantFrom('pool', 'color'), value: fc.constantFrom('a', 'b') });
const restriction: fc.Arbitrary<Restriction> = fc.record({
  owners: fc.option(fc.uniqueArray(owner, { maxLength: 2 })),
  serverTags: fc.option(fc.uniqueArray(tag, { maxLength: 2, selector: ({ key }) => key })),
});
const tags = fc.dictionary(fc.constantFrom('pool', 'color'), fc.constantFrom('a', 'b'));

function server(known: Readonly<Record<string, string>>): TaggedServer {
  return { tag: (key) => (Object.hasOwn(known, key) ? known[key] : undefined) };
}

function wanted(serverTags: readonly ServerTag[] | null): ReturnType<typeof aSession> {
  const limits = serverTags === null ? {} : { serverTags };
  return aSession('desk', { wanted: { enqueue: true, retryOnFailure: true, ...limits } });
}

const session = fc
  .record({ owner, serverTags: fc.option(fc.array(tag, { maxLength: 2 })), adopted: fc.boolean() })
  .map(({ owner: ofOwner, serverTags, adopted }) => {
    const made = { ...wanted(serverTags), owner: ofOwner, stateReason: 'because' };
    return adopted ? { ...made, wanted: null } : made;
  });

describe('of any restriction', () => {
  it('a session is seen if and only if its owner is, and its server', () => {
    fc.assert(
      fc.property(restriction, session, tags, (limits, one, known) => {
        const { owners } = limits;
        const seesOwner = owners === null || owners.some((name) => name === one.owner);
        const on = server(known);
        expect(maySeeSession(limits, one, on)).toBe(seesOwner && maySeeServer(limits, on));
      }),
    );
  });

  it('a wider one sees whatever a narrower one sees', () => {
    fc.assert(
      fc.property(restriction, session, fc.option(tags), (narrow, one, known) => {
        const on = known === null ? undefined : server(known);
        const wider: Restriction[] = [
          unrestricted,
          { ...narrow, owners: null },
          { ...narrow, serverTags: null },
          { ...narrow, serverTags: narrow.serverTags?.slice(1) ?? null },
        ];
        if (!maySeeSession(narrow, one, on)) return;
        for (const wide of wider) expect(maySeeSession(wide, one, on)).toBe(true);
      }),
    );
  });

  it('whoever created a session sees it while it waits, on each server it may go to, and after that is gone', () => {
    fc.assert(
      fc.property(restriction, session, tags, (limits, asked, known) => {
        const request = {
          name: 'n',
          owner: asked.owner,
          type: asked.type,
          wanted: wanted(null).wanted ?? never(),
        };
        const one = { ...asked, wanted: limitedRequest(limits, request).wanted };
        if (ownerProblem(limits, one.owner) !== null) return;
        expect(maySeeSession(limits, one, undefined)).toBe(true);
        if (maySeeServer(limits, server(known))) expect(maySeeSession(limits, one, server(known))).toBe(true);
      }),
    );
  });

  it('nothing but a reason that may speak of other servers is taken from what is seen', () => {
    fc.assert(
      fc.property(restriction, session, fc.option(tags), (limits, one, known) => {
        const on = known === null ? undefined : server(known);
        const seen = seenSession(limits, one, on);
        if (!maySeeSession(limits, one, on)) return expect(seen).toBeNull();
        expect(seen).toEqual({ ...one, stateReason: seen?.stateReason });
        expect([one.stateReason, null]).toContain(seen?.stateReason);
        if (limits.serverTags === null) expect(seen).toBe(one);
      }),
    );
  });
});

const blue: Restriction = { owners: null, serverTags: [{ key: 'pool', value: 'blue' }] };

it('a server must have every tag, with that very value', () => {
  const both: Restriction = {
    owners: null,
    serverTags: [...(blue.serverTags ?? []), { key: 'gpu', value: '1' }],
  };
  expect(maySeeServer(both, server({ pool: 'blue', gpu: '1', more: 'x' }))).toBe(true);
  expect(maySeeServer(both, server({ pool: 'blue' }))).toBe(false);
  expect(maySeeServer(blue, server({ pool: 'Blue' }))).toBe(false);
});

it.each([
  ['to the same servers', [{ key: 'pool', value: 'blue' }], true],
  [
    'to fewer servers',
    [
      { key: 'gpu', value: '1' },
      { key: 'pool', value: 'blue' },
    ],
    true,
  ],
  ['to other servers', [{ key: 'pool', value: 'red' }], false],
  ['to no servers in particular', null, false],
])('a session that waits, limited %s: seen is %s', (_, serverTags, isSeen) => {
  expect(maySeeSession(blue, wanted(serverTags), undefined)).toBe(isSeen);
});

it('a session made on a host is seen with its server, and not once that is forgotten', () => {
  const adopted = aSession('console@s1', { wanted: null, stateReason: 'Its server is unreachable' });
  expect(seenSession(blue, adopted, server({ pool: 'blue' }))).toBe(adopted);
  expect(seenSession(blue, adopted, undefined)).toBeNull();
});

it('the reason of a session that was placed among all servers is not told to who sees only some', () => {
  const counted = { ...wanted(null), stateReason: 'of 40 servers, 40 full' };
  const on = server({ pool: 'blue' });
  expect(seenSession(blue, counted, on)?.stateReason).toBeNull();
  const own = { ...wanted(blue.serverTags), stateReason: 'of 2 servers, 2 full' };
  expect(seenSession(blue, own, on)?.stateReason).toBe('of 2 servers, 2 full');
});

it.each([
  [['alice'], 'Owner: this API client may create sessions only for "alice"'],
  [['alice', 'b\u202eob'], 'Owner: this API client may create sessions only for "alice", "b?ob"'],
  [[], 'Owner: this API client may create sessions for nobody'],
  [
    Array.from({ length: 12 }, (_, index) => `u${index}`),
    'Owner: this API client may create sessions only for ' +
      '"u0", "u1", "u2", "u3", "u4", "u5", "u6", "u7", "u8", "u9" and 2 more',
  ],
])('limited to %j, another owner is refused with the own limits', (owners, words) => {
  expect(ownerProblem({ owners, serverTags: null }, 'carol')).toBe(words);
});

it('scopes stand each for itself', () => {
  const client = (...scopes: ('read' | 'operate' | 'administer')[]): Caller => ({
    kind: 'client',
    clientId: 'c',
    scopes: new Set(scopes),
    restriction: blue,
  });
  expect(hasScope(client('administer'), 'administer')).toBe(true);
  expect(hasScope(client('administer'), 'read')).toBe(false);
  expect(hasScope(client('administer'), 'operate')).toBe(false);
  expect(hasScope(client('operate'), 'read')).toBe(false);
  for (const scope of allScopes) expect(hasScope({ kind: 'anybody' }, scope)).toBe(true);
});

it('anybody is unrestricted, a client is what it was registered with', () => {
  expect(isUnrestricted(restrictionOf({ kind: 'anybody' }))).toBe(true);
  const client: Caller = { kind: 'client', clientId: 'c', scopes: allScopes, restriction: blue };
  expect(restrictionOf(client)).toBe(blue);
  expect(isUnrestricted(blue)).toBe(false);
});

function never(): never {
  throw new Error('a wanted session is wanted');
}
