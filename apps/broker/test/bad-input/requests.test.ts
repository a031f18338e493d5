import { operationIds, operations, type OperationId } from '@dcvsm/protocol';
import fc from 'fast-check';
import { AttackedBroker, expectRefusal, measureWork } from './attacked-broker.js';
import { damagedBytes, mutated, validRequest } from './malformed-requests.js';

/** Printed by fast-check with any failure; change it to try others. */
const SEED = 20_260_101;
const RUNS_PER_OPERATION = 130;
const MOST_WORK_MS = 1000;

/** On a busy machine; alone each takes less than one. */
jest.setTimeout(30_000);

let broker: AttackedBroker;
beforeAll(async () => {
  broker = await AttackedBroker.start();
});
afterEach(() => broker.expectUnharmed());
afterAll(() => broker[Symbol.asyncDispose]());

const withBody = operationIds.filter((id) => operations[id].requestIn !== 'path');

/** 200 with lists, or a refusal that says something; in any case soon. */
async function expectHandled(id: OperationId, body: string | Uint8Array): Promise<number> {
  const workMs = measureWork();
  const answer = await broker.send(operations[id].path, { method: operations[id].method, body });
  expect({ id, body, isCheap: workMs() < MOST_WORK_MS }).toEqual({ id, body, isCheap: true });
  if (answer.status === 200)
    expect(operations[id].response.safeParse(JSON.parse(answer.text)).error).toBeUndefined();
  else expectRefusal(answer, { id, body });
  return answer.status;
}

async function check<T>(
  arbitrary: fc.Arbitrary<T>,
  numRuns: number,
  property: (value: T) => Promise<unknown>,
): Promise<void> {
  const run = fc.asyncProperty(arbitrary, async (value) => void (await property(value)));
  await fc.assert(run, { seed: SEED, numRuns, verbose: 1 });
}

describe.each(withBody)('%s', (id) => {
  it('survives requests that are wrong in one place', async () => {
    const statuses = new Set<number>();
    await check(mutated(validRequest(id)), RUNS_PER_OPERATION, async (value) => {
      statuses.add(await expectHandled(id, JSON.stringify(value) ?? ''));
    });
    expect(statuses).toContain(400);
  });

  it('survives damaged bytes', () =>
    check(damagedBytes(validRequest(id)), RUNS_PER_OPERATION, (bytes) => expectHandled(id, bytes)));
});

it('GetSessionConnectionData survives any path', () =>
  check(
    fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })),
    200,
    async ([sessionId, user]) => {
      const escaped = (text: string): string =>
        encodeURIComponent(text.toWellFormed()).replace(/^\.+$/, 'dots');
      const path = `/sessionConnectionData/${escaped(sessionId)}/${escaped(user)}`;
      expectRefusal(await broker.send(path, { method: 'GET' }), path);
    },
  ));

it('the token endpoint survives any form and any credentials', () =>
  check(
    fc.tuple(fc.uint8Array({ maxLength: 60 }), fc.string({ unit: 'binary' })),
    200,
    async ([body, credentials]) => {
      const basic = `Basic ${Buffer.from(credentials).toString('base64')}`;
      const answer = await broker.send('/oauth2/token', { body, headers: { authorization: basic } });
      expectRefusal(answer, { body, credentials });
    },
  ));
