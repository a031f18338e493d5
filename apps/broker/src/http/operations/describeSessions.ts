import type { DescribeSessionsRequestData } from '@dcvsm/protocol';
import { DomainError } from '../../domain/error.js';
import type { Session } from '../../domain/session.js';
import type { VisibleFleet } from '../../fleet/visible-fleet.js';
import { decodeCursor, encodeCursor } from '../cursor.js';
import { ReadyJson } from '../ready-json.js';
import type { OperationContext, OperationHandler } from './operation-handler.js';

const DEFAULT_PAGE = 1000;

/** Answers a page of sessions in the order of their keys, so that a later page has no doubles and no holes. */
export const describeSessions: OperationHandler<'describeSessions'> = async (context, request) => {
  const { fleet } = context;
  const after = decodeCursor('sessions', request.NextToken);
  const passes = compileFilters(fleet, request);
  const limit = request.MaxResults ?? DEFAULT_PAGE;
  const page: Buffer[] = [];
  let lastKey = '';
  for (const session of await candidates(fleet, request, after)) {
    if (!passes(session)) continue;
    if (page.length === limit) {
      return { Sessions: ReadyJson.array(page), NextToken: encodeCursor('sessions', lastKey) };
    }
    lastKey = session.key;
    page.push(sessionJson(context, session));
  }
  return { Sessions: ReadyJson.array(page) };
};

export function sessionJson({ fleet, sessionJson: kept }: OperationContext, session: Session): Buffer {
  return kept.of(session, fleet.serverOf(session), fleet.liveOf(session));
}

/** The narrowest set that the request allows, in key order, after the cursor. */
async function candidates(
  fleet: VisibleFleet,
  { SessionIds = [], Filters = [] }: DescribeSessionsRequestData,
  after: string | null,
): Promise<Iterable<Session>> {
  if (SessionIds.length > 0) return fleet.sessionsWithIds(SessionIds, after);
  const owner = Filters.find(({ Key }) => Key === 'owner')?.Value;
  return owner === undefined ? fleet.sessions(after) : fleet.sessionsOfOwner(owner, after);
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
