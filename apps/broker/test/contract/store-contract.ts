import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StoreUnavailable } from '../../src/store/store-error.js';
import { everything, type Must, type Opened } from './must.js';
import { aRegistration, aSession, facts, newServer } from './records.js';
import { registrationContract } from './registration-contract.js';
import { serverContract } from './server-contract.js';
import { reserveContract, sessionContract } from './session-contract.js';
import { contentsContract, severalBrokersContract } from './several-brokers-contract.js';

/** Some make hundreds of durable changes, on a machine that may be busy. */
const CHECK_TIMEOUT_MS = 30_000;
const PORT = join(__dirname, '../../src/store/store.ts');

/** What every store must do; `open` gives a new, empty store each time. */
export function storeContract(name: string, open: () => Promise<Opened>): void {
  const stated: string[] = [];
  const must: Must = (sentence, check) => {
    stated.push(sentence);
    it(
      sentence,
      async () => {
        const { store, other } = await open();
        try {
          await check(store, other);
        } finally {
          await Promise.all([store.close(), other.close()]);
        }
      },
      CHECK_TIMEOUT_MS,
    );
  };

  describe(`${name} as a store`, () => {
    describe('in general', () => generalContract(must));
    describe('sessions', () => sessionContract(must));
    describe('reserve', () => reserveContract(must));
    describe('servers', () => serverContract(must));
    describe('registrations and secrets', () => registrationContract(must));
    describe('several brokers', () => severalBrokersContract(must));
    describe('moving', () => contentsContract(must));

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

  must('Text must come back as it was given, whatever its characters and its length.', async (store) => {
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
      `${'x'.repeat(5000)}a`,
      `${'x'.repeat(5000)}b`,
    ];
    for (const text of texts) {
      expect(await store.addSession(aSession(text, { name: text, stateReason: text }))).toBe('added');
      await store.registerServer({ ...newServer(text), facts: facts('name') });
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

  must(
    'Operations asked for in one go that concern the same session, server, secret or kind of registration must take effect in the order of the calls.',
    async (store) => {
      const ready = aSession('desk', { state: 'READY', version: 2 });
      const onSession = [
        store.findSession('desk'),
        store.addSession(aSession('desk')),
        store.changeSession(ready, 1),
        store.findSession('desk'),
        store.removeSession('desk', 2),
        store.addSession(aSession('desk', { owner: 'bob' })),
      ];
      const server = { ...newServer('host-1'), gate: 'OPEN', linkEpoch: 1, placementVersion: 1 };
      const onServer = [
        store.findServer('host-1'),
        store.registerServer(newServer('host-1')),
        store.reserve(aSession('a', { serverId: 'host-1' }), { placementVersion: 1, sessionVersion: null }),
        store.reserve(aSession('b', { serverId: 'host-1' }), { placementVersion: 2, sessionVersion: null }),
        store.setGate('host-1', 'CLOSED'),
        store.reserve(aSession('c', { serverId: 'host-1' }), { placementVersion: 4, sessionVersion: null }),
      ];
      const onKind = [
        store.addRegistration(aRegistration('a', { uniqueName: 'portal' })),
        store.addRegistration(aRegistration('b', { uniqueName: 'portal' })),
        store.removeRegistration('api-client', 'a', 1),
        store.addRegistration(aRegistration('b', { uniqueName: 'portal' })),
        store.listRegistrations('api-client'),
      ];
      const onSecret = [store.secret('pepper', 'first'), store.secret('pepper', 'second')];
      expect(await Promise.all(onSession)).toEqual([null, 'added', 'changed', ready, 'removed', 'added']);
      const shut = { ...server, gate: 'CLOSED', placementVersion: 4 };
      expect(await Promise.all(onServer)).toEqual([
        null,
        server,
        'reserved',
        'reserved',
        shut,
        'server-changed',
      ]);
      const listed = [aRegistration('b', { uniqueName: 'portal' })];
      expect(await Promise.all(onKind)).toEqual(['added', 'name-taken', 'removed', 'added', listed]);
      expect(await Promise.all(onSecret)).toEqual(['first', 'first']);
    },
  );

  must('What returns the whole fleet or all contents must show what was asked for before.', async (store) => {
    const before = Array.from({ length: 30 }, (_, n) => store.addSession(aSession(`desk-${n}`)));
    const [fleet, contents] = await Promise.all([store.loadFleet(), store.contents()]);
    await Promise.all(before);
    expect(fleet.sessions).toHaveLength(30);
    expect(contents.sessions).toHaveLength(30);
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
