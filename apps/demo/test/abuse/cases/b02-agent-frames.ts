import { encodeToBroker } from '@dcvsm/protocol';
import type { FakeAgent } from '@dcvsm/testkit';
import { atMost, howMany, none, Tally, type Abuse, type Finding } from '../abuse-case.js';
import { BrokerProcess } from '../broker-process.js';
import { hello, hostileFrames, inSingleBytes, type HostileFrames } from '../hostile-frames.js';
import { pool } from '../pool.js';
import { frame, opcodes, RawLink, type LinkEnd } from '../raw-link.js';

/** RFC 6455 section 7.4.1: protocol error, not acceptable, broken text, policy, too big. */
const REFUSALS: readonly LinkEnd[] = [1002, 1003, 1007, 1008, 1009];
const AT_ONCE = 8;
/** Far below what one bomb that is unpacked would take; the servers and sessions made here cost about the half. */
const GROWTH_MEGABYTES = 300;

export const abuse: Abuse = async (form) => {
  await using broker = await BrokerProcess.start();
  const bystanders = await Promise.all(['good-1', 'good-2', 'good-3'].map((id) => broker.agent(id)));
  const frames = hostileFrames(howMany(form, 10_000, 150), form.seed);
  const ends = new Tally();
  const wrong: string[] = [];
  const before = broker.residentMegabytes;
  const meanwhile = keepMakingSessions(broker, bystanders);
  await pool(frames.entries(), AT_ONCE, async ([index, one]) => {
    const end = await attack(broker, one, `evil-${index % 500}`);
    ends.add(end);
    // Two hellos that were changed to the same server id replace each other.
    const wasTaken = end === 'alive' || (end === 'cut' && !one.afterHello);
    if (!REFUSALS.includes(end) && !(one.mayBeTaken && wasTaken))
      wrong.push(`${one.kind} (${index}): ${end}`);
  });
  const { made, failures } = await meanwhile.stop();
  const after = broker.residentMegabytes;
  const inputs = frames.length;
  return [
    none(
      'frames that do not end their link with 1002, 1003, 1007, 1008 or 1009',
      inputs,
      wrong,
      ends.toString(),
    ),
    ...(await goodSingleBytes(broker)),
    none('sessions that other agents could not make meanwhile', made, failures, `${made} sessions made`),
    none(
      'other agents whose link was cut',
      bystanders.length,
      bystanders.filter((agent) => !agent.connected).map((agent) => agent.serverId),
    ),
    none('harm to the broker afterwards', inputs, await broker.harm(), 'makes sessions, logged no error'),
    ...(before === null || after === null
      ? []
      : [
          atMost('growth of the broker', {
            inputs,
            value: after - before,
            limit: GROWTH_MEGABYTES,
            unit: 'MB',
          }),
        ]),
  ];
};

async function attack(broker: BrokerProcess, one: HostileFrames, serverId: string): Promise<LinkEnd> {
  const link = await RawLink.open(broker.agentPort, broker.ca);
  if (one.afterHello) {
    link.send(frame(encodeToBroker(hello(serverId)), { opcode: opcodes.text }));
    const welcome = await link.text();
    if (welcome?.includes('"welcome"') !== true) return 'no answer';
  }
  link.send(one.bytes);
  return link.end();
}

/** A proper hello is one however small its pieces are. */
async function goodSingleBytes(broker: BrokerProcess): Promise<Finding[]> {
  const link = await RawLink.open(broker.agentPort, broker.ca);
  link.send(inSingleBytes(encodeToBroker(hello('odd-1')), true));
  const welcome = await link.text();
  const wrong = welcome?.includes('"welcome"') === true ? [] : [`answered ${welcome}`];
  await link.end();
  return [none('proper hellos in fragments of one byte that are refused', 1, wrong)];
}

function keepMakingSessions(
  broker: BrokerProcess,
  agents: readonly FakeAgent[],
): { stop(): Promise<{ made: number; failures: string[] }> } {
  const failures: string[] = [];
  let made = 0;
  let isOver = false;
  const work = (async () => {
    do {
      for (const agent of agents) {
        await broker.makesSession(agent).catch((error: unknown) => failures.push(String(error)));
        made += 1;
      }
    } while (!isOver);
  })();
  return {
    async stop() {
      isOver = true;
      await work;
      return { made, failures };
    },
  };
}
