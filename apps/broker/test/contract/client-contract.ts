import type { Must } from './must.js';
import { anApiClient } from './records.js';

export function clientContract(must: Must): void {
  must('Must answer `name-taken` and change nothing if an active client has the name.', async (store) => {
    const first = anApiClient('a', { name: 'portal' });
    expect(await store.addApiClient(first)).toBe('added');
    expect(await store.addApiClient(anApiClient('b', { name: 'portal' }))).toBe('name-taken');
    expect(await store.listApiClients()).toEqual([first]);
    await store.deactivateApiClient('a');
    expect(await store.addApiClient(anApiClient('b', { name: 'portal' }))).toBe('added');
  });

  must('A client whose id is taken must be refused with an error.', async (store) => {
    const first = anApiClient('a');
    await store.addApiClient(first);
    const twice = store.addApiClient(anApiClient('a', { name: 'other' }));
    const beside = store.addApiClient(anApiClient('b'));
    await expect(twice).rejects.toThrow(Error);
    expect(await beside).toBe('added');
    expect(await store.listApiClients()).toEqual([first, anApiClient('b')]);
  });

  must('Must return all clients, active or not, oldest first.', async (store) => {
    const second = anApiClient('second', { createdAtMs: 2000 });
    const first = anApiClient('first', { createdAtMs: 1000 });
    const twin = anApiClient('a-twin', { createdAtMs: 2000 });
    for (const client of [second, first, twin]) await store.addApiClient(client);
    await store.deactivateApiClient('first');
    expect(await store.listApiClients()).toEqual([{ ...first, active: false }, second, twin]);
  });

  must(
    'Must deactivate the client, also a second time, and answer false if there is no such client.',
    async (store) => {
      await store.addApiClient(anApiClient('a'));
      await store.addApiClient(anApiClient('b'));
      expect(await store.deactivateApiClient('a')).toBe(true);
      expect(await store.deactivateApiClient('a')).toBe(true);
      expect(await store.deactivateApiClient('none')).toBe(false);
      expect((await store.listApiClients()).map((client) => client.active)).toEqual([false, true]);
    },
  );

  must(
    'Must return the secret of that name, storing `fresh` first if there is none: of several callers at once all get the same.',
    async (store) => {
      const names = ['one', 'two', 'three'];
      const atOnce = await Promise.all(names.map((fresh) => store.secret('pepper', fresh)));
      expect(new Set(atOnce).size).toBe(1);
      expect(names).toContain(atOnce[0]);
      expect(await store.secret('pepper', 'late')).toBe(atOnce[0]);
      expect(await store.secret('Pepper', 'another')).toBe('another');
    },
  );
}
