import { Refusal } from '../refusal.js';

const MAX_NAME_LENGTH = 256;

export interface Occupant {
  readonly id: string;
  readonly type: 'console' | 'virtual';
}

export interface Wanted extends Occupant {
  readonly name: string;
  readonly maxConcurrentClients: number | null;
}

/**
 * What a DCV server checks before it creates a session (DCV administrator guide, "Starting sessions"). Sessions
 * that are still being created count as present.
 *
 * @throws Refusal with the reason
 */
export function checkNewSession(wanted: Wanted, present: readonly Occupant[]): void {
  if (!/^[A-Za-z0-9_-]{1,128}$/.test(wanted.id)) {
    throw new Refusal(
      `invalid session id '${wanted.id}': use 1 to 128 letters, digits, hyphens and underscores`,
    );
  }
  checkName(wanted.name);
  const limit = wanted.maxConcurrentClients;
  if (limit !== null && limit < -1) {
    throw new Refusal(`invalid max-concurrent-clients ${limit}: use 0 or more, or -1 for no limit`);
  }
  if (present.some(({ id }) => id === wanted.id)) throw new Refusal(`session '${wanted.id}' already exists`);
  const blocking = present.find(({ type }) => type === 'console' || wanted.type === 'console');
  if (!blocking) return;
  const both =
    blocking.type === wanted.type
      ? 'a server has one console session'
      : 'console and virtual sessions cannot coexist';
  throw new Refusal(`max sessions reached: ${both} and ${blocking.type} session '${blocking.id}' exists`);
}

/** @throws Refusal if a session cannot have the name */
export function checkName(name: string): void {
  if (name.length > MAX_NAME_LENGTH) {
    throw new Refusal(`the name has ${name.length} characters: use at most ${MAX_NAME_LENGTH}`);
  }
}

/** @throws Refusal if an OS user cannot have the name; it also becomes the name of a folder */
export function checkUser(username: string): void {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.@\\+-]{0,127}\$?$/.test(username)) {
    throw new Refusal(`invalid user name '${username}'`);
  }
}
