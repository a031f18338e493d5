import { systemClock } from '@dcvsm/runtime';
import { TestFleet } from '../../broker/test/fleet/start-fleet.js';
import type { FleetOptions } from '../src/options.js';
import { runFleet } from '../src/run-fleet.js';

/** Far longer than it takes; the test ends when it has seen what it waits for. */
const PATIENCE_MS = 60_000;

async function withFleet(
  change: Partial<FleetOptions>,
  look: (fleet: TestFleet) => Promise<boolean>,
): Promise<{ fleet: TestFleet; counts: Record<string, number>; lines: string }> {
  const clock = systemClock();
  const fleet = await TestFleet.start({ clock, properties: ['store = memory'] });
  const { statement } = await fleet.broker.agents.statements.initial();
  const options: FleetOptions = {
    ...{ agents: 12, broker: new URL(fleet.url), agentUrl: new URL(fleet.agentUrl), ca: fleet.ca },
    ...{ credentials: fleet.credentials, statement, reportSeconds: 1, createSeconds: [0, 0.01], failing: 0 },
    ...{ churn: 0, rate: 50, sessionSeconds: 0.2, seconds: null, lineSeconds: 1, atOnce: 4, seed: 5 },
    ...change,
  };
  const stopping = new AbortController();
  let lines = '';
  const write = (text: string): void => void (lines += text);
  const running = runFleet(options, { clock, write, isTerminal: false, signal: stopping.signal });
  const untilMs = clock.monotonicMs() + PATIENCE_MS;
  while (!(await look(fleet))) {
    if (clock.monotonicMs() > untilMs) throw new Error(`nothing came of it: ${lines}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  stopping.abort();
  const { counts } = await running;
  return { fleet, counts, lines };
}

it('joins, creates, deletes, and leaves no session behind', async () => {
  const { fleet, counts, lines } = await withFleet({}, async (seen) => {
    const sessions = await seen.describeAll();
    return (
      sessions.some(({ State }) => State === 'DELETED') && sessions.some(({ State }) => State === 'READY')
    );
  });
  await using _ = fleet;
  expect(counts).toMatchObject({ errors: 0, linksLost: 0 });
  expect(counts['accepted']).toBeGreaterThan(0);
  expect(counts['deletions']).toBe(counts['accepted']);
  expect(lines).toContain('linked 12/12');
  const left = await fleet.describeAll();
  expect(left.filter(({ State }) => State !== 'DELETED' && State !== 'DELETING')).toEqual([]);
});

it('shows hosts that are believable: of several systems, some with GPUs, all available', async () => {
  const { fleet } = await withFleet({ agents: 40, rate: 0 }, async ({ client }) => {
    const { Servers } = await client.describeServers({});
    return Servers.filter(({ Availability }) => Availability === 'AVAILABLE').length === 40;
  });
  await using _ = fleet;
  const { Servers } = await fleet.client.describeServers({});
  expect(new Set(Servers.map(({ Host }) => Host?.Os?.Family))).toEqual(new Set(['linux', 'windows']));
  expect(new Set(Servers.map(({ Host }) => Host?.Gpus?.length ?? 0)).size).toBeGreaterThan(1);
});

it('comes back after a cut', async () => {
  let wasLost = false;
  const { fleet, counts } = await withFleet({ rate: 0, churn: 500, agents: 5 }, async ({ client }) => {
    const { Servers } = await client.describeServers({});
    wasLost ||= Servers.some(({ UnavailabilityReason }) => UnavailabilityReason === 'UNREACHABLE_AGENT');
    return wasLost && Servers.some(({ Availability }) => Availability === 'AVAILABLE');
  });
  await using _ = fleet;
  expect(counts['linksLost']).toBeGreaterThan(0);
});
