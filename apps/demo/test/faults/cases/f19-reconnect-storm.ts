import { ApiError } from '@dcvsm/client';
import { systemClock } from '@dcvsm/runtime';
import { BrokerUnderTest } from '../broker-under-test.js';
import { howMany, nothing, quantile, within, type Fault } from '../fault-case.js';
import { SimulatedFleet } from '../simulated-fleet.js';

const LIMIT_MS = 60_000;
const MOST_GROWTH = 1.5;
const clock = systemClock();

export const fault: Fault = async (form) => {
  await using broker = await BrokerUnderTest.start();
  const hosts = howMany(form, 5_000, 200);
  using fleet = await SimulatedFleet.start(broker, { hosts, maxSessions: 10 });
  await fleet.allReachable(broker);
  const calm = broker.memory();
  const caller = new Caller(broker);
  // The agents themselves wait a moment, each another one; these do not.
  for (const host of fleet.hosts) host.kill();
  const startMs = clock.monotonicMs();
  const calling = caller.run();
  void Promise.all(fleet.hosts.map((host) => host.start()));
  await fleet.allReachable(broker, 2 * LIMIT_MS);
  const tookMs = clock.monotonicMs() - startMs;
  caller.stop();
  await calling;
  const peak = broker.memory('at most');
  const about = { fault: `${hosts} agents come back at the same moment`, load: 'a call every 100 ms' };
  return [
    within({ ...about, promise: 'all AVAILABLE within 60 s' }, tookMs, LIMIT_MS),
    nothing(
      { ...about, promise: 'no call fails meanwhile' },
      caller.failures,
      `${caller.times.length} calls, slowest ${Math.round(quantile(caller.times, 1))} ms`,
    ),
    {
      ...about,
      promise: 'memory at most 1.5 times that of a calm fleet',
      figure: `${calm.toFixed(0)} MB calm, ${peak.toFixed(0)} MB at most`,
      ok: peak <= calm * MOST_GROWTH,
    },
  ];
};

/** A client that goes on working. */
class Caller {
  readonly times: number[] = [];
  readonly failures: string[] = [];
  #isOver = false;

  constructor(readonly broker: BrokerUnderTest) {}

  async run(): Promise<void> {
    while (!this.#isOver) {
      const startMs = clock.monotonicMs();
      try {
        await this.broker.client.describeServers({ MaxResults: 10 });
        this.times.push(clock.monotonicMs() - startMs);
      } catch (error) {
        this.failures.push(error instanceof ApiError ? `${error.status}` : String(error));
      }
      await clock.sleep(100);
    }
  }

  stop(): void {
    this.#isOver = true;
  }
}
