import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@dcvsm/runtime';
import { BrokerUnderTest } from '../broker-under-test.js';
import { howMany, nothing, type Fault, type Finding, type Form } from '../fault-case.js';
import { Ledger } from '../ledger.js';
import { atRest, create, createAtRate, finalVerdict, verdictFinding } from '../load.js';
import { SimulatedFleet } from '../simulated-fleet.js';
import { until } from '../until.js';

const DISK_MEGABYTES = 8;
const DESCRIPTORS_TO_SPARE = 30;
const clock = systemClock();

export const fault: Fault = async (form) => [...(await diskFull(form)), ...(await noDescriptors(form))];

/** A small file system in memory as the working path, which is filled from outside while sessions are asked for. */
async function diskFull(form: Form): Promise<Finding[]> {
  const about = {
    fault: 'the disk of the store and the audit log is full',
    load: '50 creates/s',
  };
  const disk = mkdtempSync(join(tmpdir(), 'dcvsm-small-disk-'));
  const { status } = spawnSync('mount', [
    '-t',
    'tmpfs',
    '-o',
    `size=${DISK_MEGABYTES}m,mode=700`,
    'none',
    disk,
  ]);
  if (status !== 0) {
    rmSync(disk, { recursive: true, force: true });
    return [{ ...about, promise: 'measured', figure: 'not measured: mounting needs root', ok: true }];
  }
  try {
    return await onSmallDisk(form, disk, about);
  } finally {
    spawnSync('umount', [disk]);
    rmSync(disk, { recursive: true, force: true });
  }
}

async function onSmallDisk(
  form: Form,
  disk: string,
  about: { readonly fault: string; readonly load: string },
): Promise<Finding[]> {
  await using broker = await BrokerUnderTest.start({ workingPath: join(disk, 'work') });
  using fleet = await SimulatedFleet.start(broker, { hosts: 20, maxSessions: -1 });
  const ledger = new Ledger();
  const filler = join(disk, 'filler');
  const rounds = howMany(form, 5, 1);
  const wrong: string[] = [];
  const refused = { full: 0 };
  for (let round = 0; round < rounds; round += 1) {
    await createAtRate(broker.client, ledger, { perSecond: 50, seconds: 1 });
    fill(filler, disk);
    const full = new Ledger(`full-${round}`);
    await createAtRate(broker.client, full, { perSecond: 50, seconds: howMany(form, 3, 2) });
    for (const [reason, count] of full.refusals) {
      if (reason === '503') refused.full += count;
      else wrong.push(`${count} answered ${reason}`);
    }
    if (full.unanswered > 0) wrong.push(`${full.unanswered} without an answer`);
    for (const id of full.acknowledgedIds) ledger.acknowledge(id, `full-${id}`);
    await broker.sessions().catch((error: unknown) => wrong.push(`reading: ${String(error)}`));
    rmSync(filler);
    const recovery = new Ledger(`recovery-${round}`);
    await until('creates to succeed again', async () => {
      await create(broker.client, recovery);
      return recovery.acknowledgedIds.length > 0 || null;
    });
    for (const id of recovery.acknowledgedIds) ledger.acknowledge(id, `recovery-${id}`);
  }
  await atRest(broker);
  // What was durable is read again from the disk.
  await broker.kill();
  await broker.restart();
  await fleet.allReachable(broker);
  const verdict = await finalVerdict(broker, fleet, ledger);
  wrong.push(...broker.bugs);
  const counted = `${rounds} times full, ${refused.full} creates answered 503`;
  return [
    nothing(
      { ...about, promise: '503 while it is full, reads are served, creates work again when it is not' },
      wrong,
      counted,
    ),
    verdictFinding({ ...about, fault: `${about.fault}, then kill -9` }, verdict, String(ledger)),
  ];
}

/** To the last block: what the broker has allocated stays its own. */
function fill(file: string, disk: string): void {
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(file, Buffer.alloc(Number(bavail) * Number(bsize)));
}

/** Connections until the broker may not open another file or socket. */
async function noDescriptors(form: Form): Promise<Finding[]> {
  const about = { fault: 'no file or socket can be opened (EMFILE)', load: 'creates' };
  await using broker = await BrokerUnderTest.start();
  using fleet = await SimulatedFleet.start(broker, { hosts: 10, maxSessions: -1 });
  const ledger = new Ledger();
  await create(broker.client, ledger, 10);
  const rounds = howMany(form, 5, 1);
  const wrong: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    broker.limitDescriptors(broker.descriptors + DESCRIPTORS_TO_SPARE);
    const greedy = Array.from({ length: 4 * DESCRIPTORS_TO_SPARE }, () => quietConnection(broker.clientPort));
    await clock.sleep(500);
    const load = createAtRate(broker.client, ledger, { perSecond: 50, seconds: 1 });
    await Promise.race([load, clock.sleep(3_000)]);
    if (broker.child.isGone) wrong.push(`it ended: ${broker.child.lastWords}`);
    for (const socket of greedy) socket.destroy();
    const recovery = new Ledger(`recovery-${round}`);
    await until('creates to succeed again', async () => {
      await create(broker.client, recovery);
      return recovery.acknowledgedIds.length > 0 || null;
    });
    for (const id of recovery.acknowledgedIds) ledger.acknowledge(id, `recovery-${id}`);
    await load;
  }
  broker.limitDescriptors(20_000);
  await fleet.allReachable(broker);
  await atRest(broker);
  const verdict = await finalVerdict(broker, fleet, ledger);
  return [
    nothing(
      { ...about, promise: 'no crash; creates work again when there is room' },
      [...wrong, ...broker.bugs],
      `${rounds} times`,
    ),
    verdictFinding(about, verdict, String(ledger)),
  ];
}

function quietConnection(port: number): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  return socket;
}
