import type { Outcome } from '@dcvsm/protocol';
import { Inbox } from './inbox.js';

const deleted: Outcome = { kind: 'deleted' };

describe('Inbox', () => {
  it('lets a command run once and gives its outcome again', () => {
    const inbox = new Inbox(10);
    expect(inbox.arrive('a')).toEqual({ kind: 'new' });
    expect(inbox.arrive('a')).toEqual({ kind: 'running' });
    inbox.finish('a', deleted);
    expect(inbox.arrive('a')).toEqual({ kind: 'finished', outcome: deleted });
  });

  it('forgets the outcomes that were asked for longest ago', () => {
    const inbox = new Inbox(2);
    for (const id of ['a', 'b']) {
      inbox.arrive(id);
      inbox.finish(id, deleted);
    }
    inbox.arrive('a');
    inbox.arrive('c');
    inbox.finish('c', deleted);
    expect(inbox.arrive('a').kind).toBe('finished');
    expect(inbox.arrive('b').kind).toBe('new');
  });

  it('takes a picture again, since the first one is gone', () => {
    const inbox = new Inbox(2);
    inbox.arrive('a');
    const picture = { format: 'png', takenAt: '2026-01-01T00:00:00Z', primary: true, parts: 1 } as const;
    inbox.finish('a', { kind: 'screenshot', picture });
    expect(inbox.arrive('a')).toEqual({ kind: 'new' });
  });
});
