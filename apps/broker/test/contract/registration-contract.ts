import type { Store } from '../../src/store/store.js';
import type { Must } from './must.js';
import { aRegistration } from './records.js';

const all = (store: Store) => store.listRegistrations('api-client');

/** Runs `action`, and expects that it left the API clients as they were. */
async function expectNoChange<T>(store: Store, action: () => Promise<T>): Promise<T> {
  const before = await all(store);
  const answer = await action();
  expect(await all(store)).toEqual(before);
  return answer;
}

export function registrationContract(must: Must): void {
  must('Must answer `exists` and change nothing if its kind has the id.', async (store) => {
    expect(await store.addRegistration(aRegistration('a'))).toBe('added');
    const twice = () => store.addRegistration(aRegistration('a', { body: '{"other":1}', uniqueName: 'z' }));
    expect(await expectNoChange(store, twice)).toBe('exists');
    expect(await store.addRegistration(aRegistration('A'))).toBe('added');
    expect(await store.addRegistration(aRegistration('a', { kind: 'agent-client' }))).toBe('added');
  });

  must(
    'Must answer `name-taken` and change nothing if another of its kind holds the unique name.',
    async (store) => {
      await store.addRegistration(aRegistration('a', { uniqueName: 'portal' }));
      const same = aRegistration('b', { uniqueName: 'portal' });
      expect(await expectNoChange(store, () => store.addRegistration(same))).toBe('name-taken');
      expect(await store.addRegistration({ ...same, kind: 'agent-client' })).toBe('added');
      expect(await store.addRegistration(aRegistration('c', { uniqueName: 'Portal' }))).toBe('added');
      for (const id of ['d', 'e'])
        expect(await store.addRegistration(aRegistration(id, { uniqueName: null }))).toBe('added');
    },
  );

  must(
    'Must replace the unique name, the body and the version of the registration if the stored version is `seenVersion`, else answer `conflict` (also when it is missing) and change nothing.',
    async (store) => {
      await store.addRegistration(aRegistration('a', { uniqueName: 'portal' }));
      const changed = aRegistration('a', { uniqueName: null, body: '{"active":false}', version: 2 });
      expect(await store.changeRegistration(changed, 1)).toBe('changed');
      expect(await store.findRegistration('api-client', 'a')).toEqual(changed);
      const late = { ...changed, body: '{"late":true}', version: 2 };
      expect(await expectNoChange(store, () => store.changeRegistration(late, 1))).toBe('conflict');
      const missing = aRegistration('b', { version: 2 });
      expect(await expectNoChange(store, () => store.changeRegistration(missing, 1))).toBe('conflict');
      // The name that was let go is free again.
      expect(await store.addRegistration(aRegistration('b', { uniqueName: 'portal' }))).toBe('added');
    },
  );

  must('A name that another of its kind holds must get `name-taken` and change nothing.', async (store) => {
    await store.addRegistration(aRegistration('a', { uniqueName: 'portal' }));
    await store.addRegistration(aRegistration('b', { uniqueName: null }));
    const taking = aRegistration('b', { uniqueName: 'portal', version: 2 });
    expect(await expectNoChange(store, () => store.changeRegistration(taking, 1))).toBe('name-taken');
    const keeping = aRegistration('a', { uniqueName: 'portal', body: '{"again":1}', version: 2 });
    expect(await store.changeRegistration(keeping, 1)).toBe('changed');
  });

  must(
    'Must remove the registration if the stored version is `seenVersion`, else answer `conflict` and change nothing.',
    async (store) => {
      await store.addRegistration(aRegistration('a'));
      const remove = (id: string, version: number) => () =>
        store.removeRegistration('api-client', id, version);
      expect(await expectNoChange(store, remove('a', 2))).toBe('conflict');
      expect(await expectNoChange(store, remove('b', 1))).toBe('conflict');
      expect(await remove('a', 1)()).toBe('removed');
      expect(await all(store)).toEqual([]);
    },
  );

  must('Must return the registration, or null if its kind has no such id.', async (store) => {
    await store.addRegistration(aRegistration('a', { body: '{"text":"\\u0000 é"}' }));
    expect(await store.findRegistration('api-client', 'a')).toEqual(
      aRegistration('a', { body: '{"text":"\\u0000 é"}' }),
    );
    expect(await store.findRegistration('api-client', 'A')).toBeNull();
    expect(await store.findRegistration('auth-server', 'a')).toBeNull();
  });

  must(
    'Must return all registrations of the kind and no others, oldest first, those of one time as they were added.',
    async (store) => {
      const second = aRegistration('second', { createdAtMs: 2000 });
      const first = aRegistration('first', { createdAtMs: 1000 });
      const twin = aRegistration('a-twin', { createdAtMs: 2000 });
      const other = aRegistration('other', { kind: 'dns-mapping' });
      for (const registration of [second, other, first, twin]) await store.addRegistration(registration);
      const changed = { ...second, body: '{"changed":true}', version: 2 };
      await store.changeRegistration(changed, 1);
      expect(await all(store)).toEqual([first, changed, twin]);
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
