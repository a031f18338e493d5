import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import { hostSession, countedIds, ManualClock, report } from '@dcvsm/testkit';
import { AGENT_PROTOCOL_VERSION, type Hello, type HostSession } from '@dcvsm/protocol';
import { silentLog } from '@dcvsm/runtime';
import { makeFleetContext } from '../../src/composition/fleet-context.js';
import type { SessionRequest } from '../../src/domain/session-lifecycle.js';
import type { FleetContext } from '../../src/fleet/fleet-context.js';
import { Fleet } from '../../src/fleet/fleet.js';
import { MemoryStore } from '../../src/store/memory-store.js';
import { StoreUnavailable } from '../../src/store/store-error.js';
import { testConfig } from './start-fleet.js';

type Call =
  | 'reserve'
  | 'addSession'
  | 'changeSession'
  | 'removeServer'
  | 'registerServer'
  | 'findServer'
  | 'changeServerFacts';
type Trouble = 'fails' | 'loses-answer' | 'fails-late';

/** A store whose next call of a kind fails: before it was carried out, or after it, so that only the answer is lost. */
class UnreliableStore extends MemoryStore {
  readonly #held = new Map<Call, Promise<void>>();
  readonly #troubles = new Map<Call, Trouble>();

  next(call: Call, trouble: Trouble): void {
    this.#troubles.set(call, trouble);
  }

  /** Its next answer is given when it is released. */
  hold(call: Call): { readonly release: () => void } {
    let release: () => void = () => undefined;
    this.#held.set(call, new Promise((resolve) => (release = resolve)));
    return { release: () => release() };
  }

  override reserve(...args: Parameters<MemoryStore['reserve']>): ReturnType<MemoryStore['reserve']> {
    return this.#troubled('reserve', () => super.reserve(...args));
  }

  override addSession(...args: Parameters<MemoryStore['addSession']>): ReturnType<MemoryStore['addSession']> {
    return this.#troubled('addSession', () => super.addSession(...args));
  }

  override changeSession(
    ...args: Parameters<MemoryStore['changeSession']>
  ): ReturnType<MemoryStore['changeSession']> {
    return this.#troubled('changeSession', () => super.changeSession(...args));
  }

  override removeServer(
    ...args: Parameters<MemoryStore['removeServer']>
  ): ReturnType<MemoryStore['removeServer']> {
    return this.#troubled('removeServer', () => super.removeServer(...args));
  }

  override registerServer(
    ...args: Parameters<MemoryStore['registerServer']>
  ): ReturnType<MemoryStore['registerServer']> {
    return this.#troubled('registerServer', () => super.registerServer(...args));
  }

  override changeServerFacts(
    ...args: Parameters<MemoryStore['changeServerFacts']>
  ): ReturnType<MemoryStore['changeServerFacts']> {
    return this.#troubled('changeServerFacts', () => super.changeServerFacts(...args));
  }

  override findServer(...args: Parameters<MemoryStore['findServer']>): ReturnType<MemoryStore['findServer']> {
    return this.#troubled('findServer', () => super.findServer(...args));
  }

  async #troubled<T>(call: Call, carryOut: () => Promise<T>): Promise<T> {
    const trouble = this.#troubles.get(call);
    this.#troubles.delete(call);
    if (trouble === 'fails-late') await eventLoopTurn();
    if (trouble === 'fails' || trouble === 'fails-late') throw new StoreUnavailable(`${call} fails`);
    const held = this.#held.get(call);
    this.#held.delete(call);
    const result = await carryOut();
    await held;
    if (trouble === 'loses-answer') throw new StoreUnavailable(`the answer to ${call} is lost`);
    return result;
  }
}

const REQUEST: SessionRequest = {
  name: 'work',
  owner: 'alice',
  type: 'VIRTUAL',
  wanted: { enqueue: false, retryOnFailure: false },
};

let clock: ManualClock;
let store: UnreliableStore;
let context: FleetContext;
let fleet: Fleet;

beforeEach(async () => {
  clock = new ManualClock();
  store = new UnreliableStore();
  const config = testConfig('/nowhere', ['seconds-before-deleting-unreachable-dcv-server = 60']);
  context = await makeFleetContext({ config, store, clock, ids: countedIds(), log: silentLog() });
  fleet = await Fleet.start(context);
});

afterEach(() => fleet.stop());

async function link(serverId: string, sessions: HostSession[] = [], maxVirtualSessions = 1): Promise<void> {
  const facts = { limits: { maxVirtualSessions, maxVirtualSessionsPerUser: -1 } };
  const hello: Hello = {
    type: 'hello',
    protocolVersion: AGENT_PROTOCOL_VERSION,
    serverId,
    previousServerIds: [],
    report: report(sessions, facts),
  };
  fleet.linkEstablished(await fleet.acceptAgent(hello));
}

function states(): string[] {
  return [...fleet.sessions(null)].map(({ session }) => session.state);
}

it('counts a reservation whose answer was lost before it places another session', async () => {
  await link('s1');
  store.next('reserve', 'loses-answer');
  await expect(fleet.createSessions([REQUEST])).rejects.toThrow('is lost');
  const [second] = await fleet.createSessions([REQUEST]);
  expect(second).toMatchObject({ kind: 'refused', reason: expect.stringContaining('1 full') as string });
  expect(states()).toEqual(['CREATING']);
});

it('places nothing while the store cannot say what became of a reservation', async () => {
  await link('s1');
  store.next('reserve', 'loses-answer');
  await expect(fleet.createSessions([REQUEST])).rejects.toThrow('is lost');
  store.next('findServer', 'fails');
  await expect(fleet.createSessions([REQUEST])).rejects.toThrow('findServer fails');
  expect((await store.loadFleet()).sessions).toHaveLength(1);
});

it('waits for a reservation whose answer is late instead of counting it twice', async () => {
  await link('s1', [], 3);
  const late = store.hold('reserve');
  const first = fleet.createSessions([REQUEST]);
  await eventLoopTurn();
  // From here on the view has a version of the server that includes the reservation.
  await fleet.openServer('s1');
  const second = fleet.createSessions([REQUEST]);
  for (let turn = 0; turn < 200; turn += 1) await eventLoopTurn();
  late.release();
  expect(await Promise.all([first, second])).toMatchObject([[{ kind: 'accepted' }], [{ kind: 'accepted' }]]);
});

it('goes on with a deletion whose answer was lost', async () => {
  await link('s1');
  const [created] = await fleet.createSessions([REQUEST]);
  if (created?.kind !== 'accepted') throw new Error('refused');
  const { id, owner } = created.session;
  store.next('changeSession', 'loses-answer');
  const deletion = fleet.deleteSession({ sessionId: id, owner, forced: false });
  await expect(deletion).rejects.toThrow('is lost');
  await clock.advance(2_000);
  expect(states()).toEqual(['DELETING']);
});

it('gives up a queued request whose answer was lost when its time is over', async () => {
  const queued = { ...REQUEST, wanted: { ...REQUEST.wanted, enqueue: true } };
  store.next('addSession', 'loses-answer');
  await expect(fleet.createSessions([queued])).rejects.toThrow('is lost');
  await clock.advance(context.rules.queueMaxWaitMs + 10_000);
  expect(states()).toEqual(['DELETED']);
});

it('forgets a server whose registration was answered with an error, when its agent never comes back', async () => {
  store.next('registerServer', 'loses-answer');
  await expect(link('s1')).rejects.toThrow('is lost');
  await clock.advance(4_000);
  expect(context.view.server('s1')?.reachable).toBe(false);
  await clock.advance(70_000);
  expect((await store.loadFleet()).servers).toEqual([]);
});

it('survives a report with new facts while the store fails', async () => {
  await link('s1', [hostSession('console', { type: 'CONSOLE' })]);
  const unhandled: unknown[] = [];
  const onUnhandled = (cause: unknown): void => void unhandled.push(cause);
  process.on('unhandledRejection', onUnhandled);
  store.next('changeSession', 'fails');
  store.next('changeServerFacts', 'fails-late');
  const changed = report([], { dcvVersion: '2026.0.1' });
  await expect(fleet.applyReport({ serverId: 's1', epoch: 1 }, changed)).rejects.toThrow('fails');
  await eventLoopTurn();
  process.off('unhandledRejection', onUnhandled);
  expect(unhandled).toEqual([]);
});

it.each(['fails', 'loses-answer'] as const)(
  'ends the sessions of a forgotten server although the store %s in the middle of it',
  async (trouble) => {
    await link('s1', [hostSession('console', { type: 'CONSOLE' })]);
    fleet.linkLost('s1', 1);
    await clock.advance(58_000);
    if (trouble === 'fails') {
      await fleet.settle();
      store.next('changeSession', 'fails');
    } else store.next('removeServer', 'loses-answer');
    await clock.advance(20_000);
    expect(context.view.server('s1')).toBeUndefined();
    expect(states()).toEqual(['DELETED']);
  },
);
