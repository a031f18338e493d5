import type { Server, Session } from '@dcvsm/protocol';
import { availabilityOf, stateOf } from '../output/columns.js';
import { printable } from '../output/printable.js';
import type { Look } from './look.js';

/** What is different from the look before, one line each; at the first look, all that is there. */
export function changes(before: Look | null, now: Look): string[] {
  const at = new Date(now.atMs).toISOString();
  return [
    ...changesOf(before?.servers ?? [], now.servers, describeServer, (server) => server.Id ?? ''),
    ...changesOf(before?.sessions ?? [], now.sessions, describeSession, (session) => session.Id),
  ].map((line) => printable(`${at} ${line}`));
}

interface Described {
  readonly what: string;
  readonly state: string;
}

function changesOf<Item>(
  before: readonly Item[],
  now: readonly Item[],
  describe: (item: Item) => Described,
  idOf: (item: Item) => string,
): string[] {
  const former = new Map(before.map((item) => [idOf(item), describe(item)]));
  const present = new Set(now.map(idOf));
  const appeared = now.flatMap((item) => {
    const { what, state } = describe(item);
    const was = former.get(idOf(item));
    if (was?.state === state) return [];
    return [was === undefined ? `${what}: ${state}` : `${what}: ${was.state} -> ${state}`];
  });
  const gone = [...former].flatMap(([id, { what, state }]) =>
    present.has(id) ? [] : [`${what}: ${state} -> not listed any more`],
  );
  return [...appeared, ...gone];
}

function describeServer(server: Server): Described {
  const name = server.Hostname ?? server.Ip ?? '';
  return { what: `server ${name} (${server.Id ?? ''})`, state: availabilityOf(server) ?? 'UNKNOWN' };
}

function describeSession(session: Session): Described {
  const { Id, Name, Owner, StateReason, Server: server } = session;
  const place = server?.Hostname === undefined ? '' : ` on ${server.Hostname}`;
  const reason = StateReason === undefined ? '' : ` (${StateReason})`;
  return { what: `session ${Name} of ${Owner} (${Id})`, state: `${stateOf(session)}${place}${reason}` };
}
