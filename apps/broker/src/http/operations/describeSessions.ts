import type { DescribeSessionsRequestData } from '@dcvsm/protocol';
import { DomainError } from '../../domain/error.js';
import type { Session } from '../../domain/session.js';
import type { VisibleFleet } from '../../fleet/visible-fleet.js';
import type { SessionEntry } from '../../view/session-entry.js';
import { decodeCursor, encodeCursor } from '../cursor.js';
import { ReadyJson } from '../ready-json.js';
import type { OperationHandler } from './operation-handler.js';

const DEFAULT_PAGE = 1000;

/** Answers a page of sessions in the order of their keys, so that a later page has no doubles and no holes. */
export const describeSessions: OperationHandler<'describeSessions'> = async (context, request) => {
  const { fleet } = context;
  const after = decodeCursor('sessions', request.NextToken);
  const passes = compileFilters(fleet, request);
  const limit = request.MaxResults ?? DEFAULT_PAGE;
  const page: Buffer[] = [];
  let lastKey = '';
  for (const { session, live } of await candidates(fleet, request, after)) {
    if (!passes(session)) continue;
    if (page.length === limit) {
      return { Sessions: ReadyJson.array(page), NextToken: encodeCursor('sessions', lastKey) };
    }
    lastKey = session.key;
    page.push(context.sessionJson.of(session, fleet.serverOf(session), live));
  }
  return { Sessions: ReadyJson.array(page) };
};

/** The narrowest set that the request allows, in key order, after the cursor. */
async function candidates(
  fleet: VisibleFleet,
  { SessionIds = [], Filters = [] }: DescribeSessionsRequestData,
  after: string | null,
): Promise<Iterable<SessionEntry>> {
  if (SessionIds.length > 0) return fleet.sessionsWithIds(SessionIds, after);
  const owner = Filters.find(({ Key }) => Key === 'owner')?.Value;
  if (owner !== undefined) return fleet.sessionsOfOwner(owner, after);
  const tag = Filters.find(({ Key }) => Key.startsWith('tag:'));
  return tag === undefined
    ? fleet.sessions(after)
    : fleet.sessionsWithTag(tag.Key.slice('tag:'.length), tag.Value, after);
}

/** @throws DomainError invalid-request for a key that is no filter. */
function compileFilters(
  fleet: VisibleFleet,
  { Filters = [] }: DescribeSessionsRequestData,
): (session: Session) => boolean {
  const tests = Filters.map(({ Key, Value }, index) => {
    if (Key === 'owner') return (session: Session) => session.owner === Value;
    if (Key.startsWith('tag:') && Key.length > 'tag:'.length) {
      const tag = Key.slice('tag:'.length);
      return (session: Session) => fleet.serverOf(session)?.tag(tag) === Value;
    }
    throw new DomainError(
      'invalid-request',
      `Filters[${index}].Key: there is no filter "${Key.slice(0, 64)}"; use "owner" or "tag:<key>"`,
    );
  });
  return (session) => tests.every((test) => test(session));
}
