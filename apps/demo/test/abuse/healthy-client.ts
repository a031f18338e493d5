import { Agent, request } from 'node:https';
import { systemClock } from '@dcvsm/runtime';
import type { BrokerProcess } from './broker-process.js';

const clock = systemClock();
const CONNECTIONS = 4;

/** Times in ms of `calls` ordinary calls over a few kept connections; Infinity for a call that failed. */
export async function callTimes(broker: BrokerProcess, calls: number): Promise<number[]> {
  const agent = new Agent({ ca: broker.ca, keepAlive: true, maxSockets: CONNECTIONS });
  try {
    const worker = async (count: number): Promise<number[]> => {
      const times: number[] = [];
      for (let done = 0; done < count; done += 1) times.push(await timeOfCall(broker, agent));
      return times;
    };
    const each = Math.ceil(calls / CONNECTIONS);
    return (await Promise.all(Array.from({ length: CONNECTIONS }, () => worker(each)))).flat();
  } finally {
    agent.destroy();
  }
}

function timeOfCall({ clientPort, token }: BrokerProcess, agent: Agent): Promise<number> {
  const startMs = clock.monotonicMs();
  return new Promise((resolve) => {
    const call = request(
      {
        host: '127.0.0.1',
        port: clientPort,
        agent,
        path: '/describeServers',
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-length': 0 },
      },
      (answer) => {
        answer.resume();
        answer.once('end', () =>
          resolve(answer.statusCode === 200 ? clock.monotonicMs() - startMs : Infinity),
        );
      },
    );
    call.once('error', () => resolve(Infinity));
    call.end();
  });
}

/** The value that `share` (0 to 1) of the values do not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * share) - 1] ?? NaN;
}
