import { TestFleet } from '../fleet/start-fleet.js';

const ID = { 'X-Request-Id': 'asked-for' };

interface Answer {
  readonly status: number;
  readonly requestId: string | null;
  readonly body: Record<string, unknown>;
}

async function ask(fleet: TestFleet, path: string, token: string, body?: object): Promise<Answer> {
  const answer = await fleet.fetch(`${fleet.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...ID, Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const { ConnectionToken: _, ...rest } = (await answer.json()) as Record<string, unknown>;
  return { status: answer.status, requestId: answer.headers.get('x-request-id'), body: rest };
}

describe('a path is answered alike, however it is written', () => {
  let fleet: TestFleet;
  let token: string;
  let id: string;
  beforeAll(async () => {
    fleet = await TestFleet.start({ properties: ['store = memory'] });
    await fleet.agent('s1');
    token = await fleet.token();
    id = (await fleet.create({ Owner: 'alice' })).Id;
    await fleet.rest();
  });
  afterAll(() => fleet.stop());

  it.each([
    ['describeSessions', {}],
    ['describeSessions', { SessionIds: ['none'] }],
    ['describeSessions', { Unknown: 1 }],
    ['deleteSessions', [{ SessionId: 'none', Owner: 'alice' }]],
  ])('%s of %j', async (operation, body) => {
    const plain = await ask(fleet, `/${operation}`, token, body);
    expect(plain.requestId).toBe('asked-for');
    for (const other of [`/${operation}?x=1`, `/${operation}/`]) {
      expect(await ask(fleet, other, token, body)).toEqual(plain);
    }
  });

  it('connection data', async () => {
    const plain = await ask(fleet, `/sessionConnectionData/${id}/alice`, token);
    expect(plain).toMatchObject({ status: 200, requestId: 'asked-for', body: { Session: { Id: id } } });
    expect(await ask(fleet, `/sessionConnectionData/${id}/%61lice`, token)).toEqual(plain);
  });

  it('refusals', async () => {
    const paths = ['/sessionConnectionData/none/alice', '/sessionConnectionData/none/%61lice'];
    for (const bearer of [token, 'nonsense']) {
      const [plain, escaped] = await Promise.all(paths.map((path) => ask(fleet, path, bearer)));
      expect(plain?.status).toBe(bearer === token ? 400 : 401);
      expect(plain).toEqual(escaped);
    }
  });
});
