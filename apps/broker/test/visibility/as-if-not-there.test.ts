import { operationIds, type Server, type Session } from '@dcvsm/protocol';
import { hostSession } from '@dcvsm/testkit';
import type { Restriction } from '../../src/domain/caller.js';
import { TestFleet } from '../fleet/start-fleet.js';
import {
  callsOnServers,
  callsOnSessions,
  forms,
  heardText,
  permissions,
  unknownLike,
  type Call,
} from './foreign-calls.js';
import { LimitedClients, ownedBy, roomy, tagged, type Answer } from './limited-clients.js';

/** B14: what a client may not see is, byte for byte, as if it were not there. */

/** As long as the id of the server that is foreign. */
const UNKNOWN_SERVER = 'nowhere';
const FOREIGN_SERVER = 'red-one';

interface Place extends AsyncDisposable {
  readonly fleet: TestFleet;
  readonly clients: LimitedClients;
  /** Ids of sessions that neither of the limited clients may see, by what they are. */
  readonly foreign: Readonly<Record<string, string>>;
}

/** Two pools of servers, alice's sessions in the red one; `blue` may use the other pool, `bob` is somebody else. */
async function startPlace(restriction: Restriction): Promise<Place> {
  const fleet = await TestFleet.start();
  await fleet.agent('blue-one', roomy({ key: 'pool', value: 'blue' }));
  const red = await fleet.agent(FOREIGN_SERVER, roomy({ key: 'pool', value: 'red' }));
  const clients = await LimitedClients.start(fleet, { limited: { restriction }, portal: {} });
  const inRed = (fields: object = {}): Promise<Session> =>
    clients.create('portal', { Requirements: "tag:pool = 'red'", ...fields });
  const ready = await inRed();
  const gone = await inRed();
  await fleet.rest();
  await fleet.delete(gone.Id);
  await fleet.rest();
  const obey = red.react;
  red.react = () => 'silence';
  const creating = await inRed();
  await red.command('create-session', creating.Id);
  red.react = obey;
  const waiting = await inRed({ Requirements: "tag:pool = 'green'", EnqueueRequest: true });
  red.sessions.set('console', hostSession('console', { owner: 'alice', name: 'made there' }));
  await red.report();
  await fleet.rest();
  return {
    fleet,
    clients,
    foreign: {
      ready: ready.Id,
      deleted: gone.Id,
      creating: creating.Id,
      waiting: waiting.Id,
      'made on its host': 'console',
    },
    async [Symbol.asyncDispose]() {
      await clients[Symbol.asyncDispose]();
      await fleet[Symbol.asyncDispose]();
    },
  };
}

/** What a client gets to know, without what differs between any two calls. */
function heard({ status, headers, text }: Answer, asked: string): unknown {
  const shown = [...headers].filter(([name]) => name !== 'x-request-id' && name !== 'date');
  return { status, headers: shown, text: heardText(text, asked) };
}

/** Asks for something foreign and for something unknown in every form, and compares what is heard. */
async function expectAlike(
  clients: LimitedClients,
  call: Call,
  foreign: string,
  unknown: string,
): Promise<void> {
  for (const [form, write] of Object.entries(forms)) {
    const answer = await clients.send('limited', ...call(write(foreign)));
    const expected = await clients.send('limited', ...call(write(unknown)));
    expect({ form, foreign, heard: heard(answer, write(foreign)) }).toEqual({
      form,
      foreign,
      heard: heard(expected, write(unknown)),
    });
  }
}

it('has calls for every operation', () => {
  expect([...Object.keys(callsOnSessions), ...Object.keys(callsOnServers)].sort()).toEqual(
    [...operationIds].sort(),
  );
});

describe.each([
  ['some servers', tagged('pool', 'blue')],
  ['some owners', ownedBy('bob')],
  ['some owners on some servers', { ...tagged('pool', 'blue'), owners: ['bob'] }],
])('for a client that is limited to %s', (_, restriction) => {
  it.each(Object.entries(callsOnSessions))(
    '%s answers as for a session that does not exist',
    async (_id, calls) => {
      await using place = await startPlace(restriction);
      const { clients, foreign, fleet } = place;
      const before = await fleet.describeAll();
      for (const call of calls) {
        for (const id of Object.values(foreign)) await expectAlike(clients, call, id, unknownLike(id));
      }
      expect(await fleet.describeAll()).toEqual(before);
      const touched = fleet.agents.flatMap(({ commands }) => commands.map(({ command }) => command.kind));
      expect(touched).not.toContain('take-screenshot');
      expect(touched).not.toContain('set-permissions');
    },
  );
});

describe('for a client that is limited to some servers', () => {
  it.each(Object.entries(callsOnServers))(
    '%s answers as for a server that does not exist',
    async (_id, calls) => {
      await using place = await startPlace(tagged('pool', 'blue'));
      const { clients, fleet } = place;
      const before = await fleet.server(FOREIGN_SERVER);
      for (const call of calls) await expectAlike(clients, call, FOREIGN_SERVER, UNKNOWN_SERVER);
      expect(await fleet.server(FOREIGN_SERVER)).toEqual(before);
    },
  );

  it('no list shows anything foreign, with whatever filter', async () => {
    await using place = await startPlace(tagged('pool', 'blue'));
    const { clients } = place;
    await clients.create('portal', { Name: 'blue', Requirements: "tag:pool = 'blue'" });
    expect(await clients.names('limited')).toEqual(['blue']);
    expect(await clients.names('limited', { Filters: [{ Key: 'owner', Value: 'alice' }] })).toEqual(['blue']);
    expect(await clients.names('limited', { Filters: [{ Key: 'tag:pool', Value: 'red' }] })).toEqual([]);
    const all = await clients.accepted<{ Servers: Server[] }>('limited', '/describeServers', {});
    expect(all.Servers.map(({ Id }) => Id)).toEqual(['blue-one']);
  });
});

it('none of it is kept from a client without limits', async () => {
  await using place = await startPlace(tagged('pool', 'blue'));
  const { clients, foreign, fleet } = place;
  for (const id of Object.values(foreign)) {
    const asked = { SessionIds: [id] };
    expect(await clients.names('portal', asked)).toHaveLength(1);
  }
  const SessionId = foreign['ready'];
  const changes = [{ SessionId, Owner: 'alice', PermissionsFile: permissions }];
  for (const [path, body] of [
    ['/getSessionScreenshots', [{ SessionId }]],
    ['/sessionPermissions', changes],
    ['/deleteSessions', [{ SessionId, Owner: 'alice' }]],
  ] as const) {
    expect(await clients.accepted('portal', path, body)).toMatchObject({
      SuccessfulList: [{}],
      UnsuccessfulList: [],
    });
  }
  await clients.accepted('portal', '/closeServers', [{ ServerId: FOREIGN_SERVER, Force: true }]);
  expect(await fleet.server(FOREIGN_SERVER)).toMatchObject({ UnavailabilityReason: 'SERVER_CLOSED' });
});

it('among several sessions of one id a client gets its own', async () => {
  await using place = await startPlace(tagged('pool', 'blue'));
  const { clients, fleet } = place;
  const [blue] = fleet.agents;
  blue?.sessions.set('console', hostSession('console', { owner: 'bob', name: 'ours' }));
  await blue?.report();
  expect(await clients.names('limited', { SessionIds: ['console'] })).toEqual(['ours']);
  // alice's is on the other server, and comes first where both are seen.
  const path = '/sessionConnectionData/console/alice';
  const own = await clients.accepted<{ Session: Session }>('limited', path);
  expect(own.Session).toMatchObject({ Name: 'ours', Server: { Id: 'blue-one' } });
  const any = await clients.accepted<{ Session: Session }>('portal', path);
  expect(any.Session).toMatchObject({ Name: 'made there', Server: { Id: FOREIGN_SERVER } });
});
