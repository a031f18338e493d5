import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StoreUnavailable } from '../../src/store/store-error.js';
import type { Store } from '../../src/store/store.js';
import { clientContract } from './client-contract.js';
import { everything, type Must } from './must.js';
import { aSession, facts, newServer } from './records.js';
import { serverContract } from './server-contract.js';
import { reserveContract, sessionContract } from './session-contract.js';

const PORT = join(__dirname, '../../src/store/store.ts');

/** What every store must do; `open` gives a new, empty store each time. */
export function storeContract(name: string, open: () => Promise<Store>): void {
  const stated: string[] = [];
  const must: Must = (sentence, check) => {
    stated.push(sentence);
    it(sentence, async () => {
      const store = await open();
      try {
        await check(store);
      } finally {
        await store.close();
      }
    });
  };

  describe(`${name} as a store`, () => {
    describe('in general', () => generalContract(must));
    describe('sessions', () => sessionContract(must));
    describe('reserve', () => reserveContract(must));
    describe('servers', () => serverContract(must));
    describe('API clients and secrets', () => clientContract(must));

    it('is tested on each sentence with "must" of the port', () => {
      expect(stated.toSorted()).toEqual(mustSentences(readFileSync(PORT, 'utf8')).toSorted());
    });
  });
}

function generalContract(must: Must): void {
  must('Must return every session and server that was stored and not removed, unchanged.', async (store) => {
    const sessions = [aSession('a'), aSession('b', { type: 'CONSOLE', wanted: null }), aSession('gone')];
    for (const session of sessions) await store.addSession(session);
    await store.registerServer(newServer('gone'));
    const server = await store.registerServer(newServer('host-1'));
    await store.removeSession('gone', 1);
    await store.removeServer('gone', 1);
    expect(await everything(store)).toEqual({ sessions: sessions.slice(0, 2), servers: [server] });
  });

  must("A caller's later change of an object must not reach the store.", async (store) => {
    const tried = ['host-1'];
    const given = facts('name');
    await store.addSession(aSession('desk', { triedServerIds: tried }));
    const registered = await store.registerServer({ ...newServer('host-1'), facts: given });
    tried.push('host-2');
    given.tags.push({ key: 'later', value: 'x' });
    registered.facts.tags.push({ key: 'later', value: 'y' });
    (await store.findServer('host-1'))?.facts.gpus.pop();
    (await store.loadFleet()).servers[0]?.facts.endpoints.pop();
    expect((await store.findSession('desk'))?.triedServerIds).toEqual(['host-1']);
    expect((await store.findServer('host-1'))?.facts).toEqual(facts('name'));
  });

  must('Text must come back as it was given, whatever its characters.', async (store) => {
    const texts = [
      '',
      ' ',
      'a\u0000b',
      'a\u0000c',
      '\ud800',
      '\udfff',
      '😀',
      'é',
      'e\u0301',
      '"\\\'%',
      '1',
      '1.0',
    ];
    for (const text of texts) {
      expect(await store.addSession(aSession(text, { name: text, stateReason: text }))).toBe('added');
      await store.registerServer(newServer(text));
      expect(await store.secret(text, text)).toBe(text);
    }
    for (const text of texts) {
      expect(await store.findSession(text)).toEqual(aSession(text, { name: text, stateReason: text }));
      expect((await store.findServer(text))?.id).toBe(text);
    }
    const { sessions, servers } = await store.loadFleet();
    expect(sessions.map((session) => session.key).toSorted()).toEqual(texts.toSorted());
    expect(servers.map((server) => server.id).toSorted()).toEqual(texts.toSorted());
  });

  must('Operations asked for in one go must take effect in the order of the calls.', async (store) => {
    const answers = await Promise.all([
      store.findSession('desk'),
      store.addSession(aSession('desk')),
      store.changeSession(aSession('desk', { state: 'READY', version: 2 }), 1),
      store.findSession('desk'),
      store.removeSession('desk', 2),
      store.addSession(aSession('desk', { owner: 'bob' })),
      store.loadFleet(),
    ]);
    const ready = aSession('desk', { state: 'READY', version: 2 });
    const last = { sessions: [aSession('desk', { owner: 'bob' })], servers: [] };
    expect(answers).toEqual([null, 'added', 'changed', ready, 'removed', 'added', last]);
  });

  must(
    'Must wait for what was asked before, release the files, and refuse what is asked afterwards.',
    async (store) => {
      const before = store.addSession(aSession('desk'));
      const closing = store.close();
      await expect(store.findSession('desk')).rejects.toThrow(StoreUnavailable);
      expect(await before).toBe('added');
      await closing;
      await store.close();
      await expect(store.loadFleet()).rejects.toThrow(StoreUnavailable);
    },
  );
}

/** The sentences of the port's comments that say "must", but for the one that speaks of them. */
function mustSentences(source: string): readonly string[] {
  const comments = [...source.matchAll(/\/\*\*(.*?)\*\//gs)].map(([, text]) =>
    text!.replace(/\s*\n\s*\* ?/g, ' '),
  );
  return comments
    .flatMap((text) => text.trim().split(/(?<=\.)\s+/))
    .filter((sentence) => /\bmust\b/i.test(sentence) && !sentence.includes('"must"'));
}
