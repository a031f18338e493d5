import type { DescribeSessionsRequestData, Session as WireSession } from '@dcvsm/protocol';
import { DomainError } from '../../domain/error.js';
import type { Session } from '../../domain/session.js';
import { decodeCursor, encodeCursor } from '../cursor.js';
import { toWireSession } from '../to-wire.js';
import type { OperationContext, OperationHandler } from './operation-handler.js';

const DEFAULT_PAGE = 1000;

/** Answers a page of sessions in the order of their keys, so that a later page has no doubles and no holes. */
export const describeSessions: OperationHandler<'describeSessions'> = async (context, request) => {
  const after = decodeCursor('sessions', request.NextToken);
  const passes = compileFilters(context, request);
  const limit = request.MaxResults ?? DEFAULT_PAGE;
  const Sessions: WireSession[] = [];
  let lastKey = '';
  for (const session of await candidates(context, request, after)) {
    if (!passes(session)) continue;
    if (Sessions.length === limit) return { Sessions, NextToken: encodeCursor('sessions', lastKey) };
    lastKey = session.key;
    Sessions.push(toWire(context, session));
  }
  return { Sessions };
};

export function toWire({ view }: OperationContext, session: Session): WireSession {
  const entry = session.serverId === null ? undefined : view.server(session.serverId);
  return toWireSession(session, entry, view.sessionLive(session.key));
}

/** The narrowest set that the request allows, in key order, after the cursor. */
async function candidates(
  context: OperationContext,
  request: DescribeSessionsRequestData,
  after: string | null,
): Promise<Iterable<Session>> {
  const { SessionIds = [], Filters = [] } = request;
  if (SessionIds.length > 0) return byIds(context, SessionIds, after);
  const owner = Filters.find(({ Key }) => Key === 'owner')?.Value;
  if (owner === undefined) return known(context, context.view.sessionKeysAfter(after));
  return known(context, inOrder(context.view.sessionKeysOfOwner(owner), after));
}

async function byIds(
  { view, fleet }: OperationContext,
  ids: readonly string[],
  after: string | null,
): Promise<Session[]> {
  const found = new Map<string, Session>();
  for (const id of new Set(ids)) {
    const here = view.sessionsWithId(id);
    // What this broker does not know another may have stored a moment ago.
    const stored = here.length === 0 ? await fleet.findSession(id) : null;
    for (const session of stored === null ? here : [stored]) found.set(session.key, session);
  }
  const keys = inOrder(new Set(found.keys()), after);
  return keys.map((key) => found.get(key)).filter((session) => session !== undefined);
}

function inOrder(keys: ReadonlySet<string>, after: string | null): string[] {
  return [...keys].filter((key) => after === null || key > after).sort();
}

function* known({ view }: OperationContext, keys: Iterable<string>): Generator<Session> {
  for (const key of keys) {
    const session = view.session(key);
    if (session !== undefined) yield session;
  }
}

/** @throws DomainError invalid-request for a key that is no filter. */
function compileFilters(
  { view }: OperationContext,
  { Filters = [] }: DescribeSessionsRequestData,
): (session: Session) => boolean {
  const tests = Filters.map(({ Key, Value }, index) => {
    if (Key === 'owner') return (session: Session) => session.owner === Value;
    if (Key.startsWith('tag:') && Key.length > 'tag:'.length) {
      const tag = Key.slice('tag:'.length);
      return (session: Session) => serverTag(view, session, tag) === Value;
    }
    throw new DomainError(
      'invalid-request',
      `Filters[${index}].Key: there is no filter "${Key.slice(0, 64)}"; use "owner" or "tag:<key>"`,
    );
  });
  return (session) => tests.every((test) => test(session));
}

function serverTag(view: OperationContext['view'], session: Session, tag: string): string | undefined {
  return session.serverId === null ? undefined : view.server(session.serverId)?.tag(tag);
}
