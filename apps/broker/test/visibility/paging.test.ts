import type { Session } from '@dcvsm/protocol';
import { seededRandom } from '@dcvsm/testkit';
import { TestFleet } from '../fleet/start-fleet.js';
import { LimitedClients, ownedBy, roomy, tagged } from './limited-clients.js';

const PAGE = 4;

interface Page {
  readonly Sessions: readonly Session[];
  readonly NextToken?: string;
}

/** Two hosts with room for as many sessions as a test wants. */
async function twoPools(): Promise<TestFleet> {
  const fleet = await TestFleet.start();
  for (const pool of ['blue', 'red']) await fleet.agent(pool, roomy({ key: 'pool', value: pool }));
  return fleet;
}

/** Everything the client gets to see, page by page; `between` runs after each page. */
async function pages(clients: LimitedClients, client: string, between: () => Promise<void>): Promise<Page[]> {
  const seen: Page[] = [];
  let NextToken: string | undefined;
  do {
    const page: Page = await clients.accepted(client, '/describeSessions', { MaxResults: PAGE, NextToken });
    seen.push(page);
    NextToken = page.NextToken;
    await between();
  } while (NextToken !== undefined);
  return seen;
}

it.each([
  ['some servers', tagged('pool', 'blue')],
  ['some owners', ownedBy('alice')],
])(
  'a client that is limited to %s pages through changing sessions without holes, doubles or empty pages',
  async (_, restriction) => {
    await using fleet = await twoPools();
    await using clients = await LimitedClients.start(fleet, { limited: { restriction }, portal: {} });
    const dice = seededRandom(14);
    const isOwn = (): boolean => dice.next() < 0.4;
    const make = (own: boolean): Promise<Session> =>
      clients.create('portal', {
        Name: own ? 'own' : 'foreign',
        Owner: own ? 'alice' : 'bob',
        Requirements: `tag:pool = '${own ? 'blue' : 'red'}'`,
      });
    const steady: string[] = [];
    for (let index = 0; index < 40; index += 1) {
      const { Id, Name } = await make(isOwn());
      if (Name === 'own' && Id !== undefined) steady.push(Id);
    }
    const found = await pages(clients, 'limited', async () => {
      await make(isOwn());
      const passing = await make(isOwn());
      await clients.accepted('portal', '/deleteSessions', [
        { SessionId: passing.Id, Owner: passing.Owner, Force: true },
      ]);
      await fleet.rest();
    });
    const ids = found.flatMap(({ Sessions }) => Sessions.map(({ Id }) => Id));
    expect(ids).toEqual(expect.arrayContaining(steady));
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(found.flatMap(({ Sessions }) => Sessions.map(({ Name }) => Name)))).toEqual(
      new Set(['own']),
    );
    expect(found.length).toBeGreaterThan(3);
    for (const page of found.slice(0, -1)) expect(page.Sessions).toHaveLength(PAGE);
    expect(found.at(-1)?.Sessions.length).toBeGreaterThan(0);
  },
);

it('a cursor that names a foreign session shows no more than one that names nothing', async () => {
  await using fleet = await twoPools();
  await using clients = await LimitedClients.start(fleet, {
    limited: { restriction: tagged('pool', 'blue') },
    portal: {},
  });
  const foreign = await clients.create('portal', { Requirements: "tag:pool = 'red'" });
  const NextToken = Buffer.from(`sessions:${foreign.Id}`, 'utf8').toString('base64url');
  const answer = await clients.accepted<Page>('limited', '/describeSessions', { NextToken });
  expect(answer).toEqual({ RequestId: expect.any(String) as string, Sessions: [] });
});

it('the last page of servers is not announced by a server that is not to be seen', async () => {
  await using fleet = await twoPools();
  await using clients = await LimitedClients.start(fleet, {
    limited: { restriction: tagged('pool', 'blue') },
    portal: {},
  });
  const asked = { MaxResults: 1 };
  expect(await clients.accepted('portal', '/describeServers', asked)).toHaveProperty('NextToken');
  expect(await clients.accepted('limited', '/describeServers', asked)).not.toHaveProperty('NextToken');
});
