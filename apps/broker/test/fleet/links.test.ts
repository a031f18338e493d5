import { decodeToBroker, encodeToBroker, type ToBroker } from '@dcvsm/protocol';
import { hostFacts, report, type FakeAgent } from '@dcvsm/testkit';
import fc from 'fast-check';
import { WebSocket } from 'ws';
import { TestFleet } from './start-fleet.js';

function hello(serverId: string): ToBroker {
  return { type: 'hello', protocolVersion: 1, serverId, previousServerIds: [], report: report() };
}

/** A peer that says only what a test makes it say. */
class Peer {
  readonly socket: WebSocket;
  readonly #closed: Promise<number>;

  private constructor(fleet: TestFleet, token: string, path: string, subprotocol: string) {
    const url = `${fleet.agentUrl.replace(/^https/, 'wss')}${path}`;
    const headers = { Authorization: `Bearer ${token}` };
    this.socket = new WebSocket(url, subprotocol, { ca: fleet.ca, headers });
    this.#closed = new Promise((resolve) => this.socket.once('close', resolve));
  }

  /** With the token of the agent client of server `s1`. */
  static async dial(fleet: TestFleet, path = '/agent/link', subprotocol = 'dcvsm.agent.v1'): Promise<Peer> {
    return new Peer(fleet, await fleet.agentToken('s1'), path, subprotocol);
  }

  /** Resolves with null when the link is up, else with why not. */
  opened(): Promise<string | null> {
    return new Promise((resolve) => {
      this.socket.once('open', () => resolve(null));
      this.socket.once('error', ({ message }) => resolve(message));
    });
  }

  /** Resolves with the close code. */
  closed(): Promise<number> {
    return this.#closed;
  }

  next(): Promise<string> {
    return new Promise((resolve) => this.socket.once('message', (data) => resolve(String(data as Buffer))));
  }
}

describe('the upgrade', () => {
  it.each([
    ['another path', '/agent', 'dcvsm.agent.v1', '404'],
    ['another subprotocol', '/agent/link', 'chat', '400'],
  ])('is refused for %s', async (_, path, subprotocol, status) => {
    await using fleet = await TestFleet.start();
    expect(await (await Peer.dial(fleet, path, subprotocol)).opened()).toContain(status);
  });
});

describe('the handshake', () => {
  it.each([
    ['another message', encodeToBroker({ type: 'heartbeat' }), 'the first message must be a hello'],
    ['no JSON', '{', 'the hello is malformed: not JSON'],
    ['another version', JSON.stringify({ ...hello('s1'), protocolVersion: 99 }), 'protocol version 99'],
  ])('refuses %s and says why', async (_, frame, reason) => {
    await using fleet = await TestFleet.start();
    const peer = await Peer.dial(fleet);
    await peer.opened();
    const answer = peer.next();
    peer.socket.send(frame);
    expect(JSON.parse(await answer)).toEqual({ type: 'refused', reason: expect.stringContaining(reason) });
    expect(await peer.closed()).toBe(1008);
    expect((await fleet.client.describeServers({})).Servers).toEqual([]);
  });

  it('gives up a peer that says nothing', async () => {
    await using fleet = await TestFleet.start();
    const peer = await Peer.dial(fleet);
    await peer.opened();
    await fleet.advance(11_000);
    expect(await peer.closed()).toBe(1008);
  });

  it('loses nothing that comes in one packet with the hello', async () => {
    await using fleet = await TestFleet.start();
    const peer = await Peer.dial(fleet);
    await peer.opened();
    const accepted = new Promise<void>((resolve) =>
      peer.socket.on('message', (data) => {
        if (String(data as Buffer).includes('report-accepted')) resolve();
      }),
    );
    peer.socket.send(encodeToBroker(hello('s1')));
    peer.socket.send(
      encodeToBroker({ type: 'report', requestId: 'r', report: report([], { hostname: 'x' }) }),
    );
    await accepted;
    expect(await fleet.server('s1')).toMatchObject({ Hostname: 'x' });
    peer.socket.terminate();
  });

  it('survives a peer that vanishes right after its hello', async () => {
    await using fleet = await TestFleet.start();
    const peer = await Peer.dial(fleet);
    await peer.opened();
    peer.socket.send(encodeToBroker(hello('s1')), () => peer.socket.terminate());
    await peer.closed();
    await fleet.rest();
    const known = await fleet.server('s1');
    if (known !== undefined) expect(known.UnavailabilityReason).toBe('UNREACHABLE_AGENT');
    const agent = await fleet.agent('s1');
    const created = await fleet.create();
    await agent.command('create-session', created.Id);
  });
});

describe('a newer link of the same server', () => {
  it('replaces the older one, whose late end changes nothing', async () => {
    await using fleet = await TestFleet.start();
    const older = await fleet.agent('s1');
    const newer = fleet.newAgent('s1');
    const [first, second] = [older.closed(), await newer.connect()];
    expect(second.epoch).toBe(2);
    await first;
    await fleet.rest();
    expect(await fleet.server('s1')).toMatchObject({ Availability: 'AVAILABLE' });
    const created = await fleet.create();
    await newer.command('create-session', created.Id);
    expect(older.commands).toEqual([]);
  });

  it('wins whatever the order in which many come at once, and carries commands', async () => {
    await using fleet = await TestFleet.start();
    const agents = Array.from({ length: 8 }, () => fleet.newAgent('s1'));
    await Promise.allSettled(agents.map((agent) => Promise.race([agent.connect(), agent.closed()])));
    await fleet.rest();
    expect(agents.filter(({ connected }) => connected)).toHaveLength(1);
    const created = await fleet.create();
    expect(await fleet.describe(created.Id)).toMatchObject({ State: 'READY' });
  });

  it('makes reports of the older one count for nothing', async () => {
    await using fleet = await TestFleet.start();
    const agent = await fleet.agent('s1');
    const { epoch } = await fleet.newAgent('s1').connect();
    const stale = { ...report(), facts: hostFacts({ hostname: 'stale' }) };
    const { fleet: verbs } = fleet.broker;
    expect(await verbs.applyReport({ serverId: 's1', epoch: epoch - 1 }, stale)).toBe(false);
    verbs.linkLost('s1', epoch - 1);
    expect(await fleet.server('s1')).toMatchObject({ Hostname: 's1', Availability: 'AVAILABLE' });
    await agent.closed();
  });
});

describe('a frame that makes no sense', () => {
  const nonsense: readonly [string, string | Uint8Array][] = [
    ['not JSON', 'hello?'],
    ['a wrong type', JSON.stringify({ type: 'report', requestId: 7 })],
    ['binary', Buffer.from([1, 2, 3])],
    ['a second hello', encodeToBroker(hello('s1'))],
  ];

  it.each(nonsense)('(%s) closes its own link only', async (_, frame) => {
    await using fleet = await TestFleet.start();
    const [bad, good] = [await fleet.agent('s1'), await fleet.agent('s2')];
    bad.sendRaw(frame);
    // What comes after it is not taken in any more.
    bad.facts = hostFacts({ hostname: 'late' });
    void bad.report();
    await bad.closed();
    await fleet.rest();
    expect(await fleet.server('s1')).toMatchObject({
      Hostname: 's1',
      UnavailabilityReason: 'UNREACHABLE_AGENT',
    });
    await good.report();
    await bad.connect();
  });

  it('of a type that is not known yet is skipped', async () => {
    await using fleet = await TestFleet.start();
    const agent = await fleet.agent('s1');
    agent.sendRaw(JSON.stringify({ type: 'weather', sunny: true }));
    await agent.report();
  });

  it('never harms the others, however it is mutated', async () => {
    await using fleet = await TestFleet.start();
    const good = await fleet.agent('s0');
    await fc.assert(
      fc.asyncProperty(mutatedFrame, async (frame) => {
        const bad = await fleet.agent('s1');
        bad.sendRaw(frame);
        await settledFate(bad);
        const isGood = typeof frame === 'string' && decodeToBroker(frame).kind === 'message';
        if (!isGood && bad.connected) expect(decodeToBroker(String(frame)).kind).toBe('unknown-type');
        await bad.disconnect();
        expect(good.connected).toBe(true);
        await good.report();
      }),
      { numRuns: 60, seed: 7 },
    );
  });
});

/** Resolves when the broker has either taken in what was sent or closed the link. */
async function settledFate(agent: FakeAgent): Promise<void> {
  await agent.heartbeat();
  await agent.heartbeat();
}

const validFrame = fc.constantFrom<ToBroker>(
  { type: 'heartbeat' },
  { type: 'report', requestId: 'r1', report: report() },
  { type: 'outcome', commandId: 'c1', outcome: { kind: 'deleted' } },
  { type: 'picture-part', commandId: 'c1', data: 'AAAA' },
);

const mutatedFrame: fc.Arbitrary<string | Uint8Array> = fc.oneof(
  fc.json(),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.uint8Array({ maxLength: 200 }),
  fc.tuple(validFrame, fc.nat(), fc.string({ maxLength: 3 })).map(([message, at, insert]) => {
    const text = encodeToBroker(message);
    const cut = at % text.length;
    return text.slice(0, cut) + insert + text.slice(cut + 1);
  }),
  fc
    .tuple(validFrame, fc.anything())
    .map(([message, value]) => JSON.stringify({ ...message, report: value })),
  fc.constantFrom(
    '['.repeat(50_000),
    `{"type":"report","report":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_001)}`,
  ),
);
