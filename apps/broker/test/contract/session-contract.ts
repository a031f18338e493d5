import { everything, expectNoChange, type Must } from './must.js';
import { aSession, newServer } from './records.js';

export function sessionContract(must: Must): void {
  must(
    'Must store a session that is not reserved for a server (queued, or found on a host).',
    async (store) => {
      const serverTags = [{ key: 'pool', value: 'blue' }];
      const queued = aSession('queued', { wanted: { enqueue: true, retryOnFailure: true, serverTags } });
      const found = aSession('host-1/console', { wanted: null, serverId: 'host-1', state: 'READY' });
      expect(await store.addSession(queued)).toBe('added');
      expect(await store.addSession(found)).toBe('added');
      expect((await everything(store)).sessions).toEqual([found, queued]);
    },
  );

  must('Must answer `exists` and change nothing if the key is taken.', async (store) => {
    await store.addSession(aSession('desk'));
    const other = aSession('desk', { owner: 'bob', version: 2 });
    expect(await expectNoChange(store, () => store.addSession(other))).toBe('exists');
  });

  must('Keys must be case-sensitive.', async (store) => {
    await store.addSession(aSession('desk'));
    expect(await store.addSession(aSession('DESK', { owner: 'bob' }))).toBe('added');
    expect(await store.removeSession('Desk', 1)).toBe('conflict');
    expect((await store.findSession('desk'))?.owner).toBe('alice');
    expect((await store.findSession('DESK'))?.owner).toBe('bob');
  });

  must(
    'Must replace the session if the stored version is `seenVersion`, else answer `conflict` (also when it is missing) and change nothing.',
    async (store) => {
      await store.addSession(aSession('desk'));
      const next = aSession('desk', { state: 'READY', stateReason: 'it is there', version: 2 });
      expect(await store.changeSession(next, 1)).toBe('changed');
      expect(await store.findSession('desk')).toEqual(next);
      const late = aSession('desk', { state: 'DELETED', version: 2 });
      expect(await expectNoChange(store, () => store.changeSession(late, 1))).toBe('conflict');
      expect(await expectNoChange(store, () => store.changeSession(late, 3))).toBe('conflict');
      expect(await expectNoChange(store, () => store.changeSession(aSession('none'), 1))).toBe('conflict');
    },
  );

  must(
    'Must remove the session if the stored version is `seenVersion`, else answer `conflict` and change nothing.',
    async (store) => {
      await store.addSession(aSession('desk', { version: 4 }));
      await store.addSession(aSession('stays', { version: 4 }));
      expect(await expectNoChange(store, () => store.removeSession('desk', 3))).toBe('conflict');
      expect(await expectNoChange(store, () => store.removeSession('none', 4))).toBe('conflict');
      expect(await store.removeSession('desk', 4)).toBe('removed');
      expect((await everything(store)).sessions.map((session) => session.key)).toEqual(['stays']);
      expect(await store.addSession(aSession('desk'))).toBe('added');
    },
  );

  must('Must return the session, or null.', async (store) => {
    await store.addSession(aSession('desk'));
    expect(await store.findSession('desk')).toEqual(aSession('desk'));
    expect(await store.findSession('none')).toBeNull();
  });
}

export function reserveContract(must: Must): void {
  const placed = (key: string, serverId = 'host-1') => aSession(key, { serverId, queuedUntilMs: null });

  must(
    "Must store a session that is placed on `session.serverId` and raise that server's placement version by one, together or not at all.",
    async (store) => {
      const server = await store.registerServer(newServer('host-1'));
      const other = await store.registerServer(newServer('host-2'));
      const seen = { placementVersion: 1, sessionVersion: null };
      expect(await store.reserve(placed('desk'), seen)).toBe('reserved');
      expect(await everything(store)).toEqual({
        sessions: [placed('desk')],
        servers: [{ ...server, placementVersion: 2 }, other],
      });
      const unplaced = store.reserve(aSession('nowhere'), { placementVersion: 2, sessionVersion: null });
      await expectNoChange(store, () =>
        expect(unplaced).rejects.toThrow('"nowhere" is not placed on a server'),
      );
    },
  );

  must(
    'Must answer `server-changed` and change nothing if the server is missing, closed, or its placement version is not `placementVersion`.',
    async (store) => {
      await store.registerServer(newServer('host-1'));
      await store.registerServer(newServer('shut'));
      const shut = await store.setGate('shut', 'CLOSED');
      const attempt = (key: string, serverId: string, placementVersion: number) =>
        expectNoChange(store, () =>
          store.reserve(placed(key, serverId), { placementVersion, sessionVersion: null }),
        );
      expect(await attempt('a', 'none', 1)).toBe('server-changed');
      expect(await attempt('b', 'shut', shut!.placementVersion)).toBe('server-changed');
      expect(await attempt('c', 'host-1', 0)).toBe('server-changed');
      expect(await attempt('d', 'host-1', 2)).toBe('server-changed');
      expect(await attempt('e', 'HOST-1', 1)).toBe('server-changed');
    },
  );

  must(
    'A new session (`sessionVersion` null) must get `session-changed` and change nothing if its key is taken.',
    async (store) => {
      await store.registerServer(newServer('host-1'));
      await store.addSession(aSession('desk'));
      const attempt = () => store.reserve(placed('desk'), { placementVersion: 1, sessionVersion: null });
      expect(await expectNoChange(store, attempt)).toBe('session-changed');
    },
  );

  must(
    'A known session must be replaced if the stored version is `sessionVersion`, else get `session-changed` and change nothing.',
    async (store) => {
      await store.registerServer(newServer('host-1'));
      await store.addSession(aSession('desk'));
      const next = { ...placed('desk'), version: 2 };
      const attempt = (sessionVersion: number) =>
        store.reserve(next, { placementVersion: 1, sessionVersion });
      expect(await expectNoChange(store, () => attempt(0))).toBe('session-changed');
      expect(await expectNoChange(store, () => attempt(2))).toBe('session-changed');
      expect(await attempt(1)).toBe('reserved');
      expect(await store.findSession('desk')).toEqual(next);
      expect((await store.findServer('host-1'))?.placementVersion).toBe(2);
      const missing = () => store.reserve(placed('none'), { placementVersion: 2, sessionVersion: 1 });
      expect(await expectNoChange(store, missing)).toBe('session-changed');
    },
  );

  must(
    'Of several reservations that saw the same placement version, must let exactly one through.',
    async (store) => {
      await store.registerServer(newServer('host-1'));
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, n) =>
          store.reserve(placed(`desk-${n}`), { placementVersion: 1, sessionVersion: null }),
        ),
      );
      expect(answers.filter((answer) => answer === 'reserved')).toHaveLength(1);
      expect(answers.filter((answer) => answer === 'server-changed')).toHaveLength(99);
      const { sessions, servers } = await everything(store);
      expect(sessions).toHaveLength(1);
      expect(servers[0]?.placementVersion).toBe(2);
    },
  );
}
