import { TestFleet } from '../fleet/start-fleet.js';

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await TestFleet.start({ properties: ['store = memory', 'max-api-requests-per-second = 20'] });
});
afterAll(() => fleet.stop());

const statuses = async (count: number, ask: () => Promise<Response>): Promise<number[]> => {
  const found: number[] = [];
  for (let number = 0; number < count; number += 1) {
    const answer = await ask();
    await answer.text();
    found.push(answer.status);
  }
  return found;
};

it('answers 429 beyond the rate, still answers health checks, and goes on when the caller has waited', async () => {
  const authorization = `Bearer ${await fleet.token()}`;
  await fleet.advance(60_000);
  const describe = () =>
    fleet.fetch(`${fleet.url}/describeServers`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: '{}',
    });
  expect(await statuses(42, describe)).toEqual([...Array<number>(40).fill(200), 429, 429]);
  const refused = await describe();
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(await statuses(1, () => fleet.fetch(`${fleet.url}/health`))).toEqual([200]);
  await fleet.advance(1000);
  expect((await describe()).status).toBe(200);
});

it('answers wrong passwords with 429 after some, and the right one all the same', async () => {
  await fleet.advance(60_000);
  const ask = (id: string, password: string) =>
    fleet.fetch(`${fleet.url}/oauth2/token?grant_type=client_credentials`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${id}:${password}`).toString('base64')}` },
    });
  const { clientId, clientPassword } = fleet.credentials;
  expect(await statuses(22, () => ask(clientId, 'wrong'))).toEqual([
    ...Array<number>(20).fill(401),
    429,
    429,
  ]);
  expect((await ask(clientId, clientPassword)).status).toBe(200);
});
