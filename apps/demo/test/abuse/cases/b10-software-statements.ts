import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemIds, type Random } from '@dcvsm/runtime';
import { seededRandom } from '@dcvsm/testkit';
import jwt from 'jsonwebtoken';
import {
  SoftwareStatements,
  type StatementUse,
} from '../../../../broker/src/security/agents/software-statements.js';
import { noTerms, type StatementTerms } from '../../../../broker/src/security/agents/statement-terms.js';
import { MemoryStore } from '../../../../broker/src/store/memory-store.js';
import { AgentPort, type AgentAnswer } from '../../../../broker/test/fleet/agent-access.js';
import { TestFleet } from '../../../../broker/test/fleet/start-fleet.js';
import { howMany, none, Tally, type Abuse, type Finding, type Form } from '../abuse-case.js';

const USES = 5;
const AT_ONCE = 40;

export const abuse: Abuse = async (form) => [
  await altered(form),
  ...(await replayed()),
  ...(await unapproved()),
];

/** Every statement but the one that was issued. Asked for directly, since the port makes one wait after sixty refusals. */
async function altered(form: Form): Promise<Finding> {
  await using fleet = await TestFleet.start({ properties: ['store = memory'] });
  const { statements } = fleet.broker.agents;
  const { statement } = await statements.generate({ ...noTerms, maxUses: 1_000_000 });
  const random = seededRandom(form.seed);
  const wanted = howMany(form, 10_000, 300);
  let count = 0;
  const ends = new Tally();
  const wrong: string[] = [];
  while (count < wanted) {
    const [kind, text] = alteration(statement, random);
    if (text === statement) continue;
    count += 1;
    const use: StatementUse = await statements.use(text, '127.0.0.1');
    ends.add(use.kind);
    if (use.kind !== 'invalid') wrong.push(`${kind}: ${text}`);
  }
  return none('altered software statements that are taken', count, wrong, ends.toString());
}

function alteration(statement: string, random: Random): readonly [kind: string, text: string] {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random.next() * list.length)] as T;
  const place = Math.floor(random.next() * statement.length);
  const [head = '', body = '', signature = ''] = statement.split('.');
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>;
  const changed = encoded({
    ...claims,
    [pick(['jti', 'aud', 'iss', 'exp', 'max_uses', 'cidr', 'tags'])]: random.next(),
  });
  const header = (fields: object): string =>
    encoded({ alg: 'HS256', typ: 'software-statement+jwt', ...fields });
  return pick<readonly [string, string]>([
    ['a character', statement.slice(0, place) + pick([...'AZaz09-_.= \n%']) + statement.slice(place + 1)],
    ['a character less', statement.slice(0, place) + statement.slice(place + 1)],
    ['an end less', statement.slice(0, place)],
    ['an end more', statement + pick(['A', '.', '=', ' ', '\n', signature])],
    ['other claims', [head, changed, signature].join('.')],
    ['no signature', [header({ alg: 'none' }), body, ''].join('.')],
    [
      'another algorithm',
      [header({ alg: pick(['HS384', 'RS256', 'ES256', 'hs256', '']) }), body, signature].join('.'),
    ],
    ['another type', [header({ typ: 'at+jwt' }), body, signature].join('.')],
    [
      'a key of its own',
      [header({ kid: '../../../dev/null', jku: 'https://127.0.0.1/keys' }), body, signature].join('.'),
    ],
    [
      'signed by somebody else',
      jwt.sign(claims, systemIds().secret(32), { algorithm: 'HS256', noTimestamp: true }),
    ],
    [
      "the original's form",
      Buffer.from(JSON.stringify({ id: claims['jti'], active: true, issuedAt: 1 })).toString('base64'),
    ],
  ]);
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** One statement of five uses, shown forty times at the same moment. */
async function replayed(): Promise<Finding[]> {
  await using fleet = await TestFleet.start({ properties: ['store = memory'] });
  const { statements, clients } = fleet.broker.agents;
  const { statement } = await statements.generate({ ...noTerms, maxUses: USES });
  const port = new AgentPort(fleet);
  const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => port.register(statement)));
  const statuses = new Tally();
  for (const { status } of answers) statuses.add(status);
  const extra = clients
    .list()
    .slice(USES)
    .map(({ id }) => id);
  const missing = USES - clients.list().length;
  return [
    none(`agents beyond a statement's ${USES} uses`, AT_ONCE, extra, statuses.toString()),
    none(`uses of ${USES} that did not count`, AT_ONCE, missing > 0 ? [`${missing} missing`] : []),
    ...refusedAndAudited(
      fleet,
      'a statement over its uses',
      answers.filter(({ status }) => status !== 201),
    ),
  ];
}

/** Statements that are ours, but not for this. */
async function unapproved(): Promise<Finding[]> {
  await using fleet = await TestFleet.start({ properties: ['store = memory'] });
  const { statements, clients } = fleet.broker.agents;
  const generate = async (terms: Partial<StatementTerms> = {}): Promise<string> =>
    (await statements.generate({ ...noTerms, ...terms })).statement;
  const deactivated = await generate();
  await statements.deactivate(deactivated);
  const { clock } = fleet;
  const elsewhere = { store: new MemoryStore(), clock, ids: systemIds(), allowsOriginalForm: true };
  const shown = [
    await generate({ expiresAtMs: clock.now() - 1000 }),
    await generate({ addresses: ['10.0.0.0/8', '2001:db8::/32'] }),
    deactivated,
    (await (await SoftwareStatements.load(elsewhere)).generate()).statement,
    (await statements.generate(noTerms, 'original')).statement,
    (await (await SoftwareStatements.load(elsewhere)).generate(noTerms, 'original')).statement,
    '',
    'x'.repeat(100_000),
  ];
  const port = new AgentPort(fleet);
  const answers: AgentAnswer[] = [];
  for (const statement of shown) answers.push(await port.register(statement));
  const registered = clients.list().map(({ id }) => id);
  return [
    none(
      'agents that joined with an expired, foreign, deactivated or unsigned statement',
      shown.length,
      registered,
    ),
    // What is no statement at all by its form is refused without an entry.
    ...refusedAndAudited(fleet, 'a statement that is not for this', answers.slice(0, 6)),
    none(
      'answers that are no refusal of RFC 7591',
      answers.length,
      answers.flatMap(({ status, json }) =>
        [400, 413].includes(status) && typeof json['error'] === 'string'
          ? []
          : [`${status} ${JSON.stringify(json)}`],
      ),
    ),
  ];
}

function refusedAndAudited(fleet: TestFleet, what: string, answers: readonly AgentAnswer[]): Finding[] {
  const wrong = answers.filter(({ status }) => status !== 400).map(({ status }) => `answered ${status}`);
  const entries = readFileSync(join(fleet.workingPath, 'audit', 'audit.log'), 'utf8')
    .split('\n')
    .filter((line) => line.includes('"agent.register"') && line.includes('"refused"'));
  const missing = answers.length - entries.length;
  return [
    none(`${what} that is not refused with 400`, answers.length, wrong),
    none(
      `${what} without an audit entry`,
      answers.length,
      missing === 0 ? [] : [`${entries.length} entries`],
    ),
  ];
}
