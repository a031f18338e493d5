import { join } from 'node:path';
import type { Session } from '@dcvsm/protocol';
import { FakeAgent, hostSession } from '@dcvsm/testkit';
import { adminSocketPath } from '../../../../broker/src/admin/admin-socket.js';
import { registerApiClient } from '../../../../broker/src/admin/api-client-commands.js';
import type { LimitsRequest } from '../../../../broker/src/admin/api-client-limits.js';
import {
  callsOnServers,
  callsOnSessions,
  forms,
  heardText,
  unknownLike,
  type Call,
} from '../../../../broker/test/visibility/foreign-calls.js';
import { atMost, howMany, none, type Abuse, type Finding, type Form } from '../abuse-case.js';
import { BrokerProcess, type TimedAnswer } from '../broker-process.js';

const FOREIGN_SERVER = 'red-one';
const MOST_RATIO = 1.5;
const MOST_SERIES = 5;

/** The sessions are alice's, on the red server. */
const clients: Readonly<Record<string, LimitsRequest>> = {
  'limited to the blue servers': { tags: ['pool=blue'] },
  'limited to bob': { owners: ['bob'] },
};

export const abuse: Abuse = async (form) => {
  await using broker = await BrokerProcess.start();
  const agents = [
    await agent(broker, 'blue-one', 'blue'),
    await agent(broker, FOREIGN_SERVER, 'red'),
  ] as const;
  try {
    const ids = await foreignSessions(broker, agents[1]);
    const before = await everything(broker);
    const commands = agents[1].commands.length;
    const findings: Finding[] = [];
    for (const [name, limits] of Object.entries(clients)) {
      const token = await tokenOf(broker, name, limits);
      const targets = [
        ...targetsOf(callsOnSessions, ids),
        ...(limits.tags === undefined ? [] : targetsOf(callsOnServers, [FOREIGN_SERVER])),
      ];
      findings.push(await heardOf(broker, { name, token, targets }, form));
      findings.push(await timesOf(broker, { name, token, targets }, form));
    }
    const changed = (await everything(broker)) === before ? [] : ['they are not as they were'];
    const sent = agents[1].commands
      .slice(commands)
      .map(({ command }) => `the host was told to ${command.kind}`);
    findings.push(
      none('foreign sessions and servers that were changed or looked at', ids.length + 1, [
        ...changed,
        ...sent,
      ]),
    );
    return findings;
  } finally {
    await Promise.all(agents.map((one) => one.disconnect()));
  }
};

interface Target {
  readonly operation: string;
  readonly call: Call;
  readonly id: string;
}

interface Attack {
  readonly name: string;
  readonly token: string;
  readonly targets: readonly Target[];
}

function targetsOf(
  calls: Readonly<Record<string, readonly Call[] | undefined>>,
  ids: readonly string[],
): Target[] {
  return Object.entries(calls).flatMap(([operation, ways]) =>
    (ways ?? []).flatMap((call) => ids.map((id) => ({ operation, call, id }))),
  );
}

async function heardOf(
  broker: BrokerProcess,
  { name, token, targets }: Attack,
  form: Form,
): Promise<Finding> {
  const wrong: string[] = [];
  const rounds = howMany(form, 20, 1);
  for (let round = 0; round < rounds; round += 1) {
    for (const { operation, call, id } of targets) {
      for (const [how, write] of Object.entries(forms)) {
        const [foreign, unknown] = [write(id), write(unknownLike(id))];
        const [answer, expected] = [
          await ask(broker, token, call(foreign)),
          await ask(broker, token, call(unknown)),
        ];
        const [heard, due] = [heardText(answer.text, foreign), heardText(expected.text, unknown)];
        if (answer.status !== expected.status || heard !== due)
          wrong.push(`${operation}, ${how}: ${heard} instead of ${due}`);
      }
    }
  }
  const inputs = rounds * targets.length * Object.keys(forms).length;
  return none(`${name}: answers unlike those for an id that does not exist`, inputs, wrong);
}

async function timesOf(
  broker: BrokerProcess,
  { name, token, targets }: Attack,
  form: Form,
): Promise<Finding> {
  const rounds = howMany(form, 300, 40);
  const byOperation = new Map(targets.map((target) => [target.operation, target]));
  let asked = 0;
  let worst = { ratio: 0, operation: '' };
  for (const { operation, call, id } of byOperation.values()) {
    let ratio = Infinity;
    // What is spared or done for one of them is so each time; a busy machine is not.
    for (let series = 0; series < MOST_SERIES && ratio > MOST_RATIO; series += 1) {
      ratio = Math.min(
        ratio,
        await ratioOf(
          rounds,
          () => ask(broker, token, call(id)),
          () => ask(broker, token, call(unknownLike(id))),
        ),
      );
      asked += 2 * rounds;
    }
    if (ratio > worst.ratio) worst = { ratio, operation };
  }
  return atMost(`${name}: median time for a foreign id by that for an unknown one, or the other way round`, {
    inputs: asked,
    value: worst.ratio,
    limit: MOST_RATIO,
    outcome: `most for ${worst.operation}`,
  });
}

/** Of the medians of both. They take turns, so that whatever else the machine does meets both. */
async function ratioOf(
  rounds: number,
  foreign: () => Promise<TimedAnswer>,
  unknown: () => Promise<TimedAnswer>,
): Promise<number> {
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    times[0].push((await foreign()).ms);
    times[1].push((await unknown()).ms);
  }
  const [one, other] = [median(times[0]), median(times[1])];
  return Math.max(one / other, other / one);
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1] ?? NaN;
}

function ask(broker: BrokerProcess, token: string, [path, body]: ReturnType<Call>): Promise<TimedAnswer> {
  const method = body === undefined ? 'GET' : path === '/sessionPermissions' ? 'PUT' : 'POST';
  return broker.send(path, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

/** Everything of the foreign server, as a client without limits is told. */
async function everything(broker: BrokerProcess): Promise<string> {
  const { Sessions } = await broker.client.describeSessions({ Filters: [{ Key: 'tag:pool', Value: 'red' }] });
  const { Servers } = await broker.client.describeServers({ ServerIds: [FOREIGN_SERVER] });
  return JSON.stringify([Sessions, Servers]);
}

async function agent(broker: BrokerProcess, serverId: string, pool: string): Promise<FakeAgent> {
  const made = new FakeAgent({
    serverId,
    agentUrl: `https://127.0.0.1:${broker.agentPort}`,
    ca: broker.ca,
    facts: {
      tags: [{ key: 'pool', value: pool }],
      limits: { maxVirtualSessions: -1, maxVirtualSessionsPerUser: -1 },
    },
  });
  await made.connect();
  return made;
}

/** One that is READY, one that is DELETED, one that is being created for ever, and one that was made on its host. */
async function foreignSessions(broker: BrokerProcess, red: FakeAgent): Promise<string[]> {
  await broker.makesSession(red);
  await broker.makesSession(red);
  const { Sessions } = await broker.client.describeSessions({});
  const [ready, gone] = Sessions.map(({ Id = '' }) => Id);
  await broker.client.deleteSessions([{ SessionId: gone ?? '', Owner: 'alice' }]);
  await red.command('delete-session', gone);
  red.react = () => 'silence';
  const { SuccessfulList } = await broker.client.createSessions([
    { Name: 'slow', Owner: 'alice', Type: 'VIRTUAL', Requirements: "tag:pool = 'red'" },
  ]);
  const creating: Session | undefined = SuccessfulList[0];
  await red.command('create-session', creating?.Id);
  red.sessions.set('console', hostSession('console', { owner: 'alice' }));
  await red.report();
  return [ready, gone, creating?.Id, 'console'].filter((id) => id !== undefined);
}

async function tokenOf(broker: BrokerProcess, name: string, limits: LimitsRequest): Promise<string> {
  const printed = await registerApiClient(adminSocketPath(join(broker.folder, 'work')), name, limits);
  const [, id = '', password = ''] = /client-id: (\S+)\s+client-password: (\S+)/.exec(printed) ?? [];
  const answer = await broker.send('/oauth2/token?grant_type=client_credentials', {
    headers: { authorization: `Basic ${Buffer.from(`${id}:${password}`).toString('base64')}` },
  });
  return (JSON.parse(answer.text) as { access_token: string }).access_token;
}
