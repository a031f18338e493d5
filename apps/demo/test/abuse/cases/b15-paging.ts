import { hostSession, seededRandom } from '@dcvsm/testkit';
import fc from 'fast-check';
import { AttackedBroker, type Answer } from '../../../../broker/test/bad-input/attacked-broker.js';
import { howMany, none, Tally, type Abuse, type Finding, type Form } from '../abuse-case.js';
import { refusalProblem } from '../judge-answer.js';

const LISTS = ['/describeSessions', '/describeServers'] as const;

export const abuse: Abuse = async (form) => {
  await using broker = await AttackedBroker.start();
  return [await forgedCursors(broker, form), await pageSizes(broker), ...(await walk(broker, form))];
};

/** Changed, cut and invented cursors, and those of the other list: refused, or a page as any other. */
async function forgedCursors(broker: AttackedBroker, form: Form): Promise<Finding> {
  await broker.fleet.agent('s2');
  const { text } = await broker.send('/describeServers', { body: '{"MaxResults":1}' });
  const { NextToken: real } = JSON.parse(text) as { NextToken: string };
  const changed = fc.tuple(fc.nat(), fc.base64String({ maxLength: 4 })).map(([at, noise]) => {
    const from = at % real.length;
    return real.slice(0, from) + noise + real.slice(from + 1);
  });
  const invented = fc
    .tuple(fc.constantFrom('sessions:', 'servers:', 'sessions', ':', ''), fc.string({ unit: 'binary' }))
    .map(([kind, after]) => Buffer.from(kind + after).toString('base64url'));
  const forged = fc.oneof(
    changed,
    invented,
    fc.string(),
    fc.constantFrom<unknown>(0, null, [], {}, 'x'.repeat(5000)),
  );
  const tokens = fc.sample(forged, { numRuns: howMany(form, 10_000, 80), seed: form.seed });
  const statuses = new Tally();
  const wrong: string[] = [];
  for (const NextToken of [real, ...tokens]) {
    for (const path of LISTS) {
      const answer = await broker.send(path, { body: JSON.stringify({ NextToken }) });
      statuses.add(answer.status);
      const problem =
        answer.status === 200 ? foreignProblem(path, NextToken) : refusedBy(answer, 'NextToken');
      if (problem !== null) wrong.push(`${path} ${JSON.stringify(NextToken)}: ${problem}`);
    }
  }
  return none(
    'cursors that are neither refused by name nor of this list',
    2 * tokens.length + 2,
    wrong,
    statuses.toString(),
  );
}

/** What is accepted must say that it is of this list. */
function foreignProblem(path: string, token: unknown): string | null {
  if (token === null) return null;
  const list = path === '/describeSessions' ? 'sessions:' : 'servers:';
  return Buffer.from(String(token), 'base64url').toString().startsWith(list) ? null : 'accepted';
}

function refusedBy(answer: Answer, field: string): string | null {
  return (
    refusalProblem(answer) ?? (answer.text.includes(field) ? null : `does not name ${field}: ${answer.text}`)
  );
}

async function pageSizes(broker: AttackedBroker): Promise<Finding> {
  const sizes = [
    '0',
    '-1',
    '-0.5',
    '1.5',
    '1001',
    '1e9',
    '1e400',
    '-1e400',
    '9007199254740993',
    '"10"',
    'true',
    '[]',
    '{}',
    '""',
  ];
  const wrong: string[] = [];
  for (const path of LISTS) {
    for (const size of sizes) {
      const answer = await broker.send(path, { body: `{"MaxResults":${size}}` });
      const problem = refusedBy(answer, 'MaxResults');
      if (problem !== null) wrong.push(`${path} ${size}: ${problem}`);
    }
  }
  return none('values of MaxResults that are not refused by name', LISTS.length * sizes.length, wrong);
}

/** Page after page while sessions come and go around those that stay. */
async function walk(broker: AttackedBroker, form: Form): Promise<Finding[]> {
  const agent = broker.fleet.agents[0];
  if (agent === undefined) throw new Error('there is no agent');
  const random = seededRandom(form.seed);
  const name = (index: number): string => `s-${String(index).padStart(6, '0')}`;
  const staying = Array.from({ length: howMany(form, 1000, 60) }, (_, index) => name(index * 10));
  for (const id of staying) agent.sessions.set(id, hostSession(id));
  await agent.report();
  const shown: string[] = [];
  let pages = 0;
  let cursor: string | undefined;
  do {
    const { text } = await broker.send('/describeSessions', {
      body: JSON.stringify({ MaxResults: 1, ...(cursor !== undefined && { NextToken: cursor }) }),
    });
    const page = JSON.parse(text) as { Sessions: { Id: string }[]; NextToken?: string };
    shown.push(...page.Sessions.map(({ Id }) => Id));
    cursor = page.NextToken;
    pages += 1;
    if (pages % 20 !== 0) continue;
    for (const id of agent.sessions.keys()) {
      if (!id.endsWith('0') && random.next() < 0.5) agent.sessions.delete(id);
    }
    for (let count = 0; count < 5; count += 1) {
      const id = name(Math.floor(random.next() * staying.length) * 10 + 1 + Math.floor(random.next() * 9));
      agent.sessions.set(id, hostSession(id));
    }
    await agent.report();
  } while (cursor !== undefined);
  const outcome = `${pages} pages, ${shown.length - staying.length} of sessions that came and went`;
  const seen = new Set(shown);
  const doubled = shown.filter((id, index) => shown.indexOf(id) !== index);
  const missing = staying.filter((id) => !seen.has(id));
  return [
    none('sessions shown twice', pages, doubled, outcome),
    none('sessions that stayed and were not shown', pages, missing, outcome),
  ];
}
