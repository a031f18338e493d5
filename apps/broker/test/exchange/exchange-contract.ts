import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Exchange } from '../../src/cluster/exchange.js';

export interface OpenedExchange {
  /** Two brokers of one cluster. */
  readonly one: Exchange;
  readonly other: Exchange;
  /** Cuts `one` off from everybody until `reconnect`, and resolves when it has noticed. */
  disconnect(): Promise<void>;
  reconnect(): Promise<void>;
  /** Resolves when a request of that time has had its time. */
  waitOut(timeoutMs: number): Promise<void>;
}

type Must = (sentence: string, check: (opened: OpenedExchange) => Promise<void>) => void;

const PORT = join(__dirname, '../../src/cluster/exchange.ts');
const PATIENCE_MS = 20_000;

/** What every exchange must do; `open` gives a cluster of its own each time. */
export function exchangeContract(name: string, open: () => Promise<OpenedExchange>): void {
  const stated: string[] = [];
  const must: Must = (sentence, check) => {
    stated.push(sentence);
    it(
      sentence,
      async () => {
        const opened = await open();
        try {
          await check(opened);
        } finally {
          await Promise.all([opened.one.close(), opened.other.close()]);
        }
      },
      PATIENCE_MS,
    );
  };

  describe(`${name} as an exchange`, () => {
    describe('messages', () => messagesContract(must));
    describe('requests', () => requestsContract(must));
    describe('connection', () => connectionContract(must));

    it('is tested on each sentence with "must" of the port', () => {
      expect(stated.toSorted()).toEqual(mustSentences(readFileSync(PORT, 'utf8')).toSorted());
    });
  });
}

function messagesContract(must: Must): void {
  must(
    'Messages of one sender on one subject must arrive in order, whole, and at most once.',
    async ({ one, other }) => {
      const heard = await listen(other, 'orders');
      // Small and large in turn: what travels in parts must not be overtaken by what does not.
      const sent = Array.from({ length: 60 }, (_, n) => `${n}:${'x'.repeat(n % 10 === 3 ? 1_500_000 : n)}`);
      for (const text of sent) one.publish('orders', bytes(text));
      await heard.until(sent.length);
      expect(heard.texts.map(({ length }) => length)).toEqual(sent.map(({ length }) => length));
      expect(heard.texts).toEqual(sent);
    },
  );

  must('Payloads of several megabytes must arrive as they were when they were given.', async (opened) => {
    const { one, other } = opened;
    const payload = Uint8Array.from({ length: 5_000_003 }, (_, n) => (n * 31) % 251);
    const given = payload.slice();
    const taken: Uint8Array[] = [];
    const stop = other.serve('pictures', (received) => {
      taken.push(received);
      return Promise.resolve(received);
    });
    await other.flush();
    const answer = one.request('pictures', given, PATIENCE_MS);
    given.fill(0);
    const received = payloadOf(await answer);
    expect(Buffer.compare(taken[0]!, payload)).toBe(0);
    expect(Buffer.compare(received, payload)).toBe(0);
    stop();
  });

  must('Subjects that differ must not be mixed up, whatever their characters.', async ({ one, other }) => {
    const subjects = [
      'a',
      'A',
      'a.b',
      'a.*',
      'a.>',
      '*',
      '>',
      ' ',
      'a b',
      'ä',
      '東京',
      '😀',
      'a%2Eb',
      '$SYS',
    ];
    const heard = await Promise.all(subjects.map((subject) => listen(other, subject)));
    for (const subject of subjects) one.publish(subject, bytes(subject));
    await Promise.all(heard.map((each) => each.until(1)));
    expect(heard.map(({ texts }) => texts)).toEqual(subjects.map((subject) => [subject]));
  });

  must("Must reach all subscribers in all brokers, the sender's own included.", async ({ one, other }) => {
    const heard = [
      await listen(one, 'news'),
      await listen(one, 'news'),
      await listen(other, 'news'),
      await listen(other, 'news'),
    ];
    one.publish('news', bytes('hello'));
    await Promise.all(heard.map((each) => each.until(1)));
    expect(heard.map(({ texts }) => texts)).toEqual(Array.from({ length: 4 }, () => ['hello']));
  });

  must('Must hear nothing once the returned function was called.', async ({ one, other }) => {
    const stopped = await listen(other, 'news');
    const stays = await listen(other, 'news');
    stopped.stop();
    one.publish('news', bytes('late'));
    await stays.until(1);
    expect(stopped.texts).toEqual([]);
  });

  must('A listener that throws must not harm the others.', async ({ one, other }) => {
    other.subscribe('news', () => {
      throw new Error('a listener with a bug');
    });
    const heard = await listen(other, 'news');
    one.publish('news', bytes('first'));
    one.publish('news', bytes('second'));
    await heard.until(2);
    expect(heard.texts).toEqual(['first', 'second']);
  });
}

function requestsContract(must: Must): void {
  must(
    'Asks all who serve the subject, in whichever broker; the first answer must be the one that counts.',
    async (opened) => {
      const { one, other } = opened;
      one.serve('ask', () => new Promise(() => undefined));
      other.serve('ask', (payload) => Promise.resolve(bytes(`${text(payload)}, you too`)));
      await Promise.all([one.flush(), other.flush()]);
      for (const asker of [one, other])
        expect(text(payloadOf(await asker.request('ask', bytes('good day'), PATIENCE_MS)))).toBe(
          'good day, you too',
        );
    },
  );

  must('Must tell at once when nobody serves the subject.', async ({ one, other }) => {
    await listen(other, 'ask');
    const answers = [
      await one.request('ask', bytes('?'), PATIENCE_MS),
      await one.request('ask', bytes('?'.repeat(3_000_000)), PATIENCE_MS),
    ];
    expect(answers).toEqual([noAnswer('nobody-serves'), noAnswer('nobody-serves')]);
  });

  must('Must give up when the time is over.', async ({ one, other, waitOut }) => {
    let asked = 0;
    other.serve('ask', () => {
      asked += 1;
      return new Promise(() => undefined);
    });
    await other.flush();
    const answer = one.request('ask', bytes('?'), 100);
    await waitOut(100);
    expect(await answer).toEqual(noAnswer('timed-out'));
    expect(asked).toBe(1);
  });

  must('Must give up when there is no connection, or it is lost.', async (opened) => {
    const { one, other, disconnect } = opened;
    const asked = new Promise<void>((resolve) => {
      other.serve('ask', () => {
        resolve();
        return new Promise(() => undefined);
      });
    });
    await other.flush();
    const answer = one.request('ask', bytes('?'), PATIENCE_MS);
    await asked;
    await disconnect();
    expect(await answer).toEqual(noAnswer('disconnected'));
    expect(await one.request('ask', bytes('?'), PATIENCE_MS)).toEqual(noAnswer('disconnected'));
  });

  must('Must not be asked once the returned function was called.', async ({ one, other }) => {
    let asked = 0;
    const stop = other.serve('ask', (payload) => {
      asked += 1;
      return Promise.resolve(payload);
    });
    await other.flush();
    expect((await one.request('ask', bytes('?'), PATIENCE_MS)).kind).toBe('answer');
    stop();
    await other.flush();
    expect(await one.request('ask', bytes('?'), PATIENCE_MS)).toEqual(noAnswer('nobody-serves'));
    expect(asked).toBe(1);
  });

  must('A handler that rejects must leave the asker without its answer.', async (opened) => {
    const { one, other, waitOut } = opened;
    other.serve('ask', () => Promise.reject(new Error('a handler with a bug')));
    await other.flush();
    const answer = one.request('ask', bytes('?'), 100);
    await waitOut(100);
    expect(await answer).toEqual(noAnswer('timed-out'));
    other.serve('ask', (payload) => Promise.resolve(payload));
    await other.flush();
    expect((await one.request('ask', bytes('?'), PATIENCE_MS)).kind).toBe('answer');
  });
}

function connectionContract(must: Must): void {
  must(
    "After it, nobody's later messages must be missed by the subscriptions and services that were made before.",
    async ({ one, other, disconnect, reconnect }) => {
      for (const round of ['first', 'second', 'third']) {
        const heard: string[] = [];
        const arrived = new Promise<void>((resolve) => {
          other.subscribe(round, (payload) => {
            heard.push(text(payload));
            resolve();
          });
        });
        expect(await other.flush()).toBe(true);
        one.publish(round, bytes(round));
        await arrived;
        expect(heard).toEqual([round]);
      }
      await disconnect();
      expect(await one.flush()).toBe(false);
      await reconnect();
      expect(await one.flush()).toBe(true);
    },
  );

  must('Must be dropped while there is no connection.', async (opened) => {
    const { one, other, disconnect, reconnect } = opened;
    const heard = await listen(other, 'news');
    await disconnect();
    one.publish('news', bytes('into the void'));
    await reconnect();
    one.publish('news', bytes('back'));
    await heard.until(1);
    expect(heard.texts).toEqual(['back']);
  });

  must('Must be called after each loss and each return of the connection.', async (opened) => {
    const { one, other, disconnect, reconnect } = opened;
    const seen: boolean[] = [];
    const unheard: boolean[] = [];
    const stop = one.onConnectionChange((isConnected) => unheard.push(isConnected));
    one.onConnectionChange((isConnected) => seen.push(isConnected));
    stop();
    expect(one.isConnected).toBe(true);
    await disconnect();
    expect(one.isConnected).toBe(false);
    await reconnect();
    expect(one.isConnected).toBe(true);
    await disconnect();
    await reconnect();
    expect(seen).toEqual([false, true, false, true]);
    expect(unheard).toEqual([]);
    // Subscriptions outlive the loss.
    const heard = await listen(one, 'news');
    other.publish('news', bytes('still there'));
    await heard.until(1);
  });

  must(
    'Must carry what was published before, and then leave its own requests without answers and hear nothing.',
    async ({ one, other }) => {
      const heard = await listen(other, 'news');
      const own = await listen(one, 'own');
      other.serve('ask', () => new Promise(() => undefined));
      await other.flush();
      const answer = one.request('ask', bytes('?'), PATIENCE_MS);
      one.publish('news', bytes('x'.repeat(2_500_000)));
      one.publish('news', bytes('last words'));
      await one.close();
      await one.close();
      await heard.until(2);
      expect(heard.texts[1]).toBe('last words');
      expect(await answer).toEqual(noAnswer('disconnected'));
      expect(one.isConnected).toBe(false);
      one.publish('news', bytes('from beyond'));
      other.publish('own', bytes('anybody there?'));
      other.publish('news', bytes('end'));
      await heard.until(3);
      expect(heard.texts[2]).toBe('end');
      expect(own.texts).toEqual([]);
    },
  );
}

interface Heard {
  readonly texts: string[];
  /** Resolves when that many were heard. */
  until(count: number): Promise<void>;
  stop(): void;
}

async function listen(exchange: Exchange, subject: string): Promise<Heard> {
  const texts: string[] = [];
  let wake: () => void = () => undefined;
  const stop = exchange.subscribe(subject, (payload) => {
    texts.push(text(payload));
    wake();
  });
  await exchange.flush();
  const until = async (count: number): Promise<void> => {
    while (texts.length < count) await new Promise<void>((resolve) => (wake = resolve));
  };
  return { texts, until, stop };
}

function bytes(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function text(value: Uint8Array): string {
  return new TextDecoder().decode(value);
}

function noAnswer(why: string): unknown {
  return { kind: 'no-answer', why };
}

function payloadOf(answer: Awaited<ReturnType<Exchange['request']>>): Uint8Array {
  if (answer.kind === 'no-answer') throw new Error(`no answer: ${answer.why}`);
  return answer.payload;
}

/** The sentences of the port's comments that say "must", but for the one that speaks of them. */
function mustSentences(source: string): readonly string[] {
  const comments = [...source.matchAll(/\/\*\*(.*?)\*\//gs)].map(([, words]) =>
    words!.replace(/\s*\n\s*\*/g, ' ').replace(/\s+/g, ' '),
  );
  return comments
    .flatMap((words) => words.trim().split(/(?<=\.)\s+/))
    .filter((sentence) => /\bmust\b/i.test(sentence) && !sentence.includes('"must"'));
}
