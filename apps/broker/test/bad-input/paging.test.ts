import { hostSession, seededRandom } from '@dcvsm/testkit';
import { AttackedBroker, expectRefusal } from './attacked-broker.js';

let broker: AttackedBroker;
beforeEach(async () => {
  broker = await AttackedBroker.start();
});
afterEach(() => broker[Symbol.asyncDispose]());

interface Page {
  readonly Sessions: readonly { readonly Id: string }[];
  readonly NextToken?: string;
}

async function page(request: object): Promise<Page> {
  const answer = await broker.send('/describeSessions', { body: JSON.stringify(request) });
  expect(answer.status).toBe(200);
  return JSON.parse(answer.text) as Page;
}

it.each([0, -1, 1.5, 1001, 1e9, 1e400, '10', true, [], {}])(
  'MaxResults %j is refused by name',
  async (value) => {
    for (const path of ['/describeSessions', '/describeServers']) {
      const body = JSON.stringify({ MaxResults: value }).replace('null', '1e400');
      expect(expectRefusal(await broker.send(path, { body }), body)).toContain('MaxResults: must be');
    }
  },
);

it('cursors that are forged, cut, empty, huge or of the other list are refused by name', async () => {
  await broker.fleet.agent('s2');
  const servers = await broker.send('/describeServers', { body: '{"MaxResults":1}' });
  const foreign = (JSON.parse(servers.text) as { NextToken: string }).NextToken;
  const forged = [
    '',
    ' ',
    'AAAA',
    '../..',
    `${foreign}=`,
    foreign.slice(1),
    foreign,
    'x'.repeat(4096),
    'x'.repeat(5000),
    '\0',
    5,
  ];
  for (const NextToken of forged) {
    const answer = await broker.send('/describeSessions', { body: JSON.stringify({ NextToken }) });
    expect(expectRefusal(answer, NextToken)).toContain('NextToken');
    expect(answer.status).toBe(400);
  }
});

it('a cursor stays good when its session is gone, and one past the end is the end', async () => {
  const agent = broker.fleet.agents[0]!;
  for (const id of ['a', 'b', 'c']) agent.sessions.set(id, hostSession(id));
  await agent.report();
  const first = await page({ MaxResults: 2 });
  agent.sessions.delete('b');
  await agent.report();
  await broker.fleet.advance(20_000);
  expect((await page({})).Sessions.map(({ Id }) => Id)).toEqual(['a', 'c']);
  expect(await page({ NextToken: first.NextToken })).toMatchObject({ Sessions: [{ Id: 'c' }] });
  const beyond = Buffer.from('sessions:zzzz').toString('base64url');
  expect((await page({ NextToken: beyond })).Sessions).toEqual([]);
});

it('a thousand pages while sessions come and go show every session that stayed exactly once', async () => {
  const agent = broker.fleet.agents[0]!;
  const random = seededRandom(7);
  const name = (index: number): string => `s-${String(index).padStart(5, '0')}`;
  const staying = Array.from({ length: 1000 }, (_, index) => name(index * 10));
  for (const id of staying) agent.sessions.set(id, hostSession(id));
  await agent.report();

  const shown: string[] = [];
  let pages = 0;
  let cursor: string | undefined;
  do {
    const { Sessions, NextToken } = await page({
      MaxResults: 1,
      ...(cursor !== undefined && { NextToken: cursor }),
    });
    shown.push(...Sessions.map(({ Id }) => Id));
    cursor = NextToken;
    pages += 1;
    if (pages % 40 !== 0) continue;
    for (const id of agent.sessions.keys())
      if (!id.endsWith('0') && random.next() < 0.5) agent.sessions.delete(id);
    for (let count = 0; count < 5; count += 1) {
      const id = name(Math.floor(random.next() * 1000) * 10 + 1 + Math.floor(random.next() * 9));
      agent.sessions.set(id, hostSession(id));
    }
    await agent.report();
  } while (cursor !== undefined);

  expect(pages).toBeGreaterThanOrEqual(1000);
  expect(shown.filter((id) => id.endsWith('0'))).toEqual(staying);
  expect(new Set(shown).size).toBe(shown.length);
}, 30_000);
