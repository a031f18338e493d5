import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { systemClock } from '@dcvsm/runtime';
import { atMost, howMany, none, type Abuse, type Finding } from '../abuse-case.js';
import { BrokerProcess } from '../broker-process.js';
import { callTimes } from '../healthy-client.js';

const clock = systemClock();
const ATTACKER = '127.0.0.66';
/** Said in the configuration, since an operator may want another figure. */
const MOST = 100;
const WAVE = 250;
/** A listener without a limit would keep all of them; there is no need to see more of that. */
const HOPELESS = 20 * MOST;
const LIMIT_CALL_MS = 1000;
const DROPPED_MS = 3000;

export const abuse: Abuse = async (form) => {
  await using broker = await BrokerProcess.start([`max-connections-per-address = ${MOST}`]);
  const attempts = howMany(form, 50_000, 1500);
  const callers = keepCalling(broker);
  const client = await flood(broker.clientPort, attempts);
  const agent = await flood(broker.agentPort, attempts / 10);
  const times = await callers.stop();
  return [
    limited('client port', client),
    limited('agent port', agent),
    atMost('longest call of a client with another address meanwhile', {
      inputs: times.length,
      value: Math.max(...times),
      limit: LIMIT_CALL_MS,
      unit: 'ms',
    }),
    none('harm to the broker afterwards', attempts, await broker.harm(), 'makes sessions, logged no error'),
  ];
};

interface Flood {
  readonly attempts: number;
  readonly failed: number;
  readonly most: number;
}

function limited(where: string, { attempts, failed, most }: Flood): Finding {
  const outcome = `${attempts - failed} connected, all beyond the limit dropped at once`;
  return atMost(`connections that one address holds open, ${where}`, {
    inputs: attempts,
    value: most,
    limit: MOST,
    outcome: most > MOST ? 'not limited' : outcome,
  });
}

/** Opens connections wave by wave and keeps all that it may keep. */
async function flood(port: number, attempts: number): Promise<Flood> {
  const kept = new Set<Socket>();
  let failed = 0;
  let tried = 0;
  let most = 0;
  while (tried < attempts && most < HOPELESS) {
    const wave = Array.from({ length: WAVE }, () => open(port, kept));
    const results = await Promise.all(wave);
    failed += results.filter((isOpen) => !isOpen).length;
    tried += WAVE;
    most = Math.max(most, await held(kept));
  }
  for (const socket of kept) socket.destroy();
  return { attempts: tried, failed, most };
}

async function open(port: number, kept: Set<Socket>): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port, localAddress: ATTACKER });
  socket.resume();
  kept.add(socket);
  socket.once('close', () => kept.delete(socket));
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  }
}

/** The number of connections once those beyond the limit have been dropped, or will not be any more. */
async function held(kept: ReadonlySet<Socket>): Promise<number> {
  const untilMs = clock.monotonicMs() + DROPPED_MS;
  while (kept.size > MOST && clock.monotonicMs() < untilMs) await clock.sleep(10);
  return kept.size;
}

function keepCalling(broker: BrokerProcess): { stop(): Promise<number[]> } {
  const times: number[] = [];
  let isOver = false;
  const work = (async () => {
    do times.push(...(await callTimes(broker, 20)));
    while (!isOver);
  })();
  return {
    async stop() {
      isOver = true;
      await work;
      return times;
    },
  };
}
