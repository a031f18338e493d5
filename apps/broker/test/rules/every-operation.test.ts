import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { operationIds, operations } from '@dcvsm/protocol';
import { happyPaths } from './happy-paths.js';
import { RulesFleet } from './rules-fleet.js';

const OPERATIONS_FOLDER = join(__dirname, '../../src/http/operations');

/** Files beside the operations' own. */
const SHARED_FILES = ['handlers.ts', 'operation-handler.ts'];

let rules: RulesFleet;
beforeEach(async () => {
  rules = await RulesFleet.start();
});
afterEach(() => rules[Symbol.asyncDispose]());

it('has a file for each operation, named as on the wire', () => {
  const files = readdirSync(OPERATIONS_FOLDER).filter((file) => !file.endsWith('.test.ts'));
  expect(files.sort()).toEqual([...operationIds.map((id) => `${id}.ts`), ...SHARED_FILES].sort());
});

it('has a happy path for each operation and none besides', () => {
  expect(Object.keys(happyPaths).sort()).toEqual([...operationIds].sort());
});

describe.each(operationIds)('%s', (id) => {
  const { method } = operations[id];
  const path = operations[id].path.replace('{sessionId}', 'aSession').replace('{user}', 'aOwner');
  const body = method === 'GET' ? {} : { body: '[]' };

  it('works', () => happyPaths[id](rules));

  it('rule 10: answers 401 in the known words without an authorization header', async () => {
    const answer = await rules.send(path, { method, ...body, headers: { authorization: null } });
    expect(answer).toMatchObject({ status: 401, text: '{"error":"No authorization header"}' });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('answers 401 to a token that is none of ours, before it looks at the request', async () => {
    const headers = { authorization: 'Bearer e30.e30.e30' };
    const answer = await rules.send(path, { method, ...(method !== 'GET' && { body: 'not JSON' }), headers });
    expect(answer.status).toBe(401);
  });

  it('refuses other methods and names the right one', async () => {
    const answer = await rules.fleet.fetch(rules.fleet.url + path, { method: 'DELETE' });
    expect({ status: answer.status, allow: answer.headers.get('allow') }).toEqual({
      status: 405,
      allow: method,
    });
  });
});
