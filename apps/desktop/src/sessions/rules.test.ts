import { checkNewSession, checkUser, type Occupant } from './rules.js';

const wanted = (more: object) => ({
  id: 'new',
  type: 'virtual' as const,
  name: '',
  maxConcurrentClients: null,
  ...more,
});
const virtual: Occupant = { id: 'a', type: 'virtual' };
const console: Occupant = { id: 'b', type: 'console' };

describe('which sessions a server takes', () => {
  it.each([
    [wanted({}), []],
    [wanted({}), [virtual]],
    [wanted({ type: 'console', name: 'x'.repeat(256) }), []],
    [wanted({ maxConcurrentClients: -1 }), []],
  ])('%j beside %j', (session, present) => {
    expect(() => checkNewSession(session, present)).not.toThrow();
  });

  it.each([
    [wanted({ id: 'a' }), [virtual], "session 'a' already exists"],
    [
      wanted({ type: 'console' }),
      [virtual],
      'max sessions reached: console and virtual sessions cannot coexist',
    ],
    [wanted({}), [console], 'max sessions reached: console and virtual sessions cannot coexist'],
    [wanted({ type: 'console' }), [console], 'max sessions reached: a server has one console session'],
    [wanted({ id: '../x' }), [], "invalid session id '../x'"],
    [wanted({ id: 'x'.repeat(129) }), [], 'invalid session id'],
    [wanted({ name: 'x'.repeat(257) }), [], 'the name has 257 characters'],
    [wanted({ maxConcurrentClients: -2 }), [], 'invalid max-concurrent-clients -2'],
  ])('not %j beside %j', (session, present, problem) => {
    expect(() => checkNewSession(session, present)).toThrow(problem);
  });

  it('knows what cannot be a user', () => {
    for (const name of ['ann', 'LAB\\ann', 'a.b@c', 'host$']) expect(() => checkUser(name)).not.toThrow();
    for (const name of ['', '..', '../x', 'a/b', '-r', 'a b'])
      expect(() => checkUser(name)).toThrow('invalid user');
  });
});
