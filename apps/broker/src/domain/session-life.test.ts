import { hostSession } from '@dcvsm/testkit';
import { aSession } from '../../test/contract/records.js';
import { isAnother, lifeOf } from './session-life.js';
import { adopted, deleted, deleting, ready, unknown } from './session-lifecycle.js';
import type { Session } from './session.js';

const NINE = '2026-01-01T09:00:00.250Z';
const TEN = '2026-01-01T10:00:00Z';
const host = hostSession('console', { createdAt: NINE });
const first = adopted(host, 's1', 1000);

/** The changed session; the test is wrong if the graph forbids the change. */
function done(changed: Session | null): Session {
  if (changed === null) throw new Error('forbidden');
  return changed;
}

const gone = (session: Session): Session => done(deleted(session, { atMs: 2000, reason: 'gone' }));

describe('the life of a session', () => {
  it('goes on while nobody can be asked', () => {
    const away = done(unknown(first, 'unreachable'));
    expect(lifeOf(away)).toBe(lifeOf(first));
    expect(lifeOf(done(ready(away, host, 's1')))).toBe(lifeOf(first));
  });

  it('ends with a deletion, also if it is shown again', () => {
    const back = done(ready(gone(done(deleting(first, { forced: true }))), host, 's1'));
    expect(lifeOf(back)).not.toBe(lifeOf(first));
    const again = done(ready(done(deleted(back, { atMs: 3000, reason: 'gone' })), host, 's1'));
    expect(new Set([first, back, again].map(lifeOf)).size).toBe(3);
  });

  it('is another one when its record was forgotten between', () => {
    expect(lifeOf(adopted(host, 's1', 1001))).not.toBe(lifeOf(first));
  });

  it('is another one on another host', () => {
    expect(lifeOf(adopted(host, 's2', 1000))).not.toBe(lifeOf(first));
  });

  it('is another one when the host made it anew without our noticing its end', () => {
    const anew = { ...host, createdAt: TEN, owner: 'bob' };
    expect(isAnother(first, anew)).toBe(true);
    const second = done(ready(first, anew, 's1'));
    expect(lifeOf(second)).not.toBe(lifeOf(first));
    expect(second).toMatchObject({ owner: 'bob', createdAtMs: Date.parse(TEN) });
  });
});

describe('what a host shows under a known id', () => {
  const own = aSession('a', { state: 'READY', owner: 'LAB\\alice', createdAtMs: Date.parse(NINE) });

  it('is the same session while owner and creation time are, to the second', () => {
    expect(isAnother(first, { ...host, createdAt: '2026-01-01T09:00:00Z', name: 'renamed' })).toBe(false);
    expect(isAnother(first, hostSession('console'))).toBe(false);
  });

  it('is another session with another owner, if the host made it', () => {
    expect(isAnother(first, { ...host, owner: 'bob' })).toBe(true);
    expect(isAnother(own, { ...host, owner: 'alice' })).toBe(false);
  });

  it('is another session with another creation time', () => {
    expect(isAnother(own, { ...host, createdAt: TEN })).toBe(true);
    expect(isAnother({ ...own, createdAtMs: null }, { ...host, createdAt: TEN })).toBe(false);
  });

  it('keeps the name and owner of a session that a client asked for', () => {
    expect(ready(own, { ...host, owner: 'alice', name: 'cut' }, 's1')).toMatchObject({
      owner: own.owner,
      name: own.name,
    });
  });
});
