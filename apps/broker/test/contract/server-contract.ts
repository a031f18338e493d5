import { everything, expectNoChange, type Must } from './must.js';
import { aSession, facts, newServer } from './records.js';

export function serverContract(must: Must): void {
  must('A new server must start with gate OPEN, epoch 1 and placement version 1.', async (store) => {
    const expected = { ...newServer('host-1'), gate: 'OPEN', linkEpoch: 1, placementVersion: 1 };
    expect(await store.registerServer(newServer('host-1'))).toEqual(expected);
    expect((await everything(store)).servers).toEqual([expected]);
  });

  must(
    'A known server must get the new facts, the next epoch and the next placement version, and keep its gate and registration time.',
    async (store) => {
      const first = await store.registerServer(newServer('host-1'));
      await store.setGate('host-1', 'CLOSED');
      const again = { id: 'host-1', facts: facts('renamed'), registeredAtMs: first.registeredAtMs + 5000 };
      const expected = {
        ...first,
        facts: facts('renamed'),
        gate: 'CLOSED',
        linkEpoch: 2,
        placementVersion: 3,
      };
      expect(await store.registerServer(again)).toEqual(expected);
      expect(await store.findServer('host-1')).toEqual(expected);
    },
  );

  must(
    'Must store new facts, raise the placement version and return the stored server if `linkEpoch` is its newest epoch, else answer null and change nothing.',
    async (store) => {
      const server = await store.registerServer(newServer('host-1'));
      await store.registerServer(newServer('host-1'));
      const change = (id: string, linkEpoch: number) =>
        store.changeServerFacts({ id, facts: facts('changed'), linkEpoch });
      expect(await expectNoChange(store, () => change('host-1', 1))).toBeNull();
      expect(await expectNoChange(store, () => change('host-1', 3))).toBeNull();
      expect(await expectNoChange(store, () => change('none', 1))).toBeNull();
      const expected = { ...server, facts: facts('changed'), linkEpoch: 2, placementVersion: 3 };
      expect(await change('host-1', 2)).toEqual(expected);
      expect(await store.findServer('host-1')).toEqual(expected);
    },
  );

  must(
    'Must set the gate and raise the placement version; must answer null if there is no such server.',
    async (store) => {
      const server = await store.registerServer(newServer('host-1'));
      const closed = { ...server, gate: 'CLOSED', placementVersion: 2 };
      expect(await store.setGate('host-1', 'CLOSED')).toEqual(closed);
      expect(await store.findServer('host-1')).toEqual(closed);
      expect(await store.setGate('host-1', 'OPEN')).toEqual({ ...server, placementVersion: 3 });
      expect(await expectNoChange(store, () => store.setGate('none', 'OPEN'))).toBeNull();
    },
  );

  must(
    'Must raise the placement version; for when something took room on the server without a reservation (a session made locally).',
    async (store) => {
      const server = await store.registerServer(newServer('host-1'));
      expect(await store.touchServer('host-1')).toEqual({ ...server, placementVersion: 2 });
      const late = aSession('desk', { serverId: 'host-1' });
      expect(await store.reserve(late, { placementVersion: 1, sessionVersion: null })).toBe('server-changed');
    },
  );

  must('Must answer null for a touch if there is no such server.', async (store) => {
    await store.registerServer(newServer('host-1'));
    expect(await expectNoChange(store, () => store.touchServer('none'))).toBeNull();
  });

  must(
    'Must remove the server if `linkEpoch` is its newest epoch, else answer `conflict` and change nothing.',
    async (store) => {
      await store.registerServer(newServer('host-1'));
      await store.registerServer(newServer('host-1'));
      await store.registerServer(newServer('stays'));
      expect(await expectNoChange(store, () => store.removeServer('host-1', 1))).toBe('conflict');
      expect(await expectNoChange(store, () => store.removeServer('none', 1))).toBe('conflict');
      expect(await store.removeServer('host-1', 2)).toBe('removed');
      expect((await everything(store)).servers.map((server) => server.id)).toEqual(['stays']);
    },
  );

  must('Must return the server, or null.', async (store) => {
    const server = await store.registerServer(newServer('host-1'));
    expect(await store.findServer('host-1')).toEqual(server);
    expect(await store.findServer('Host-1')).toBeNull();
  });
}
