import { silentLog } from '@dcvsm/runtime';
import { ManualClock, seededRandom } from '@dcvsm/testkit';
import { MemoryNetwork, type MemoryExchange } from '../../src/cluster/memory-exchange.js';
import { exchangeContract } from './exchange-contract.js';

function aNetwork(seed = 1): { readonly network: MemoryNetwork; readonly clock: ManualClock } {
  const clock = new ManualClock();
  return { clock, network: new MemoryNetwork({ clock, random: seededRandom(seed), log: silentLog() }) };
}

describe.each([
  ['at once', 0],
  ['late', 20],
])('messages that arrive %s', (_, longestDelayMs) => {
  exchangeContract('MemoryExchange', () => {
    const { network, clock } = aNetwork();
    network.faults.longestDelayMs = longestDelayMs;
    const [one, other] = [network.join('one'), network.join('other')];
    let moving = longestDelayMs > 0;
    // Time passes by itself where messages need it.
    const move = async (): Promise<void> => {
      while (moving) {
        await clock.advance(1);
        await new Promise((resolve) => setImmediate(resolve));
        moving &&= network.members.size > 0;
      }
    };
    void move();
    return Promise.resolve({
      one,
      other,
      disconnect: () => Promise.resolve(one.disconnect()),
      reconnect: () => Promise.resolve(one.reconnect()),
      waitOut: (timeoutMs: number) => (moving ? Promise.resolve() : clock.advance(timeoutMs)),
    });
  });
});

describe('faults', () => {
  const received = (member: MemoryExchange): string[] => {
    const texts: string[] = [];
    member.subscribe('news', (payload) => void texts.push(Buffer.from(payload).toString()));
    return texts;
  };

  it('loses messages at the rate that is asked for, and keeps the order of the others', async () => {
    const { network, clock } = aNetwork();
    const [one, other] = [network.join('one'), network.join('other')];
    const texts = received(other);
    network.faults.lossRate = 0.5;
    network.faults.longestDelayMs = 50;
    for (let n = 0; n < 1000; n += 1) one.publish('news', Buffer.from(String(n)));
    await clock.advance(50);
    expect(texts.length).toBeGreaterThan(400);
    expect(texts.length).toBeLessThan(600);
    expect(texts).toEqual(texts.toSorted((a, b) => Number(a) - Number(b)));
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('keeps two members apart that were cut, without telling them, until it heals', async () => {
    const { network, clock } = aNetwork();
    const members = ['a', 'b', 'c'].map((name) => network.join(name));
    const texts = members.map(received);
    members[1]!.serve('ask', (payload) => Promise.resolve(payload));
    network.cut('a', 'b');
    members[0]!.publish('news', Buffer.from('cut'));
    await clock.advance(0);
    expect(texts).toEqual([['cut'], [], ['cut']]);
    expect(members.every(({ isConnected }) => isConnected)).toBe(true);
    const answer = await members[0]!.request('ask', Buffer.from('?'), 100);
    expect(answer).toEqual({ kind: 'no-answer', why: 'nobody-serves' });
    network.heal('b', 'a');
    members[0]!.publish('news', Buffer.from('healed'));
    await clock.advance(0);
    expect(texts[1]).toEqual(['healed']);
  });

  it('does not bring what was on its way over a former connection', async () => {
    const { network, clock } = aNetwork();
    const [one, other] = [network.join('one'), network.join('other')];
    const texts = received(other);
    network.faults.longestDelayMs = 50;
    one.publish('news', Buffer.from('before'));
    other.disconnect();
    other.reconnect();
    await clock.advance(50);
    expect(texts).toEqual([]);
  });
});
