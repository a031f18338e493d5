import { ApiError, type DcvsmClient } from '@dcvsm/client';
import type { RequestOf, Session } from '@dcvsm/protocol';
import { systemClock } from '@dcvsm/runtime';
import type { BrokerUnderTest } from './broker-under-test.js';
import type { Ledger, Verdict } from './ledger.js';
import type { SimulatedFleet } from './simulated-fleet.js';
import { withFirst, type Finding } from './fault-case.js';
import { until } from './until.js';

export type Entry = RequestOf<'createSessions'>[number];

const clock = systemClock();

/** Asks for that many sessions in one request and writes down what was answered. Never rejects. */
export async function create(
  client: DcvsmClient,
  ledger: Ledger,
  count = 1,
  fields: Partial<Entry> = {},
): Promise<void> {
  const entries = Array.from({ length: count }, () => ({
    ...{ Name: ledger.nextName(), Owner: 'alice', Type: 'VIRTUAL' as const },
    ...fields,
  }));
  try {
    const { SuccessfulList, UnsuccessfulList } = await client.createSessions(entries);
    for (const { Id, Name } of SuccessfulList) ledger.acknowledge(Id, Name);
    for (const { FailureReason } of UnsuccessfulList) ledger.refuse(FailureReason);
  } catch (error) {
    for (let entry = 0; entry < count; entry += 1) {
      if (error instanceof ApiError) ledger.refuse(`${error.status}`);
      else ledger.leaveUnanswered();
    }
  }
}

export interface Rate {
  readonly perSecond: number;
  readonly seconds: number;
  readonly fields?: Partial<Entry>;
  /** Ends it early. */
  readonly signal?: AbortSignal;
}

/** Sends creates at a steady rate, whatever becomes of them; resolves when all are answered. */
export async function createAtRate(client: DcvsmClient, ledger: Ledger, rate: Rate): Promise<void> {
  const startMs = clock.monotonicMs();
  const running: Promise<void>[] = [];
  const count = rate.perSecond * rate.seconds;
  for (let sent = 0; sent < count && rate.signal?.aborted !== true; sent += 1) {
    const dueMs = startMs + (sent * 1000) / rate.perSecond;
    const leftMs = dueMs - clock.monotonicMs();
    if (leftMs > 0) await clock.sleep(leftMs);
    running.push(create(client, ledger, 1, rate.fields));
  }
  await Promise.all(running);
}

/** All sessions, when none is on its way any more. */
export async function atRest(broker: BrokerUnderTest, patienceMs = 120_000): Promise<readonly Session[]> {
  const look = async (): Promise<readonly Session[] | null> => {
    const sessions = await broker.sessions();
    const isMoving = sessions.some(({ State }) => State === 'CREATING' || State === 'DELETING');
    return isMoving ? null : sessions;
  };
  return (await until('all sessions to be at rest', look, { patienceMs, pollMs: 200 })).found;
}

/**
 * What became of everything, judged when broker and hosts agree or will not any more: a session that must go is closed a
 * moment after the broker has learned of it.
 */
export async function finalVerdict(
  broker: BrokerUnderTest,
  fleet: Pick<SimulatedFleet, 'held' | 'reportAll'>,
  ledger: Ledger,
  patienceMs = 30_000,
): Promise<Verdict> {
  let last: Verdict | null = null;
  const look = async (): Promise<true | null> => {
    fleet.reportAll();
    last = ledger.judge(await broker.sessions(), fleet.held);
    return (last.lost.length === 0 && last.doubled.length === 0 && last.orphaned.length === 0) || null;
  };
  await until('nothing to be wrong', look, { patienceMs, pollMs: 1_000 }).catch(() => null);
  if (last === null) throw new Error('the broker did not answer');
  return last;
}

/** 0 lost, 0 double, nothing left over: the line of the table that most cases end with. */
export function verdictFinding(
  about: { readonly fault: string; readonly load: string },
  { lost, doubled, orphaned }: Verdict,
  counted: string,
): Finding {
  const wrong = [
    ...lost.map((words) => `lost ${words}`),
    ...doubled.map((words) => `double ${words}`),
    ...orphaned.map((words) => `left over ${words}`),
  ];
  const figure = `${lost.length} lost, ${doubled.length} double, ${orphaned.length} left over`;
  const promise = '0 acknowledged sessions lost, 0 double, 0 left over on hosts';
  return { ...about, promise, figure: withFirst(`${figure} (${counted})`, wrong), ok: wrong.length === 0 };
}
