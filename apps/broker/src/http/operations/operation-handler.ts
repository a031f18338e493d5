import type { OperationId, ParsedRequestOf, ResponseOf } from '@dcvsm/protocol';
import type { RequestLimits } from '../../domain/check-request.js';
import type { VisibleFleet } from '../../fleet/visible-fleet.js';
import type { ReadyJson } from '../ready-json.js';
import type { SessionJson } from '../session-json.js';

/** What handlers work with. They get the fleet only as their caller may see and touch it, to read and to change. */
export interface OperationContext {
  readonly fleet: VisibleFleet;
  readonly requestLimits: RequestLimits;
  readonly sessionJson: SessionJson;
}

/** Sessions that are answered as they are come as JSON that was kept from the last time. */
interface ReadyAnswers {
  readonly describeSessions: { readonly Sessions: ReadyJson; readonly NextToken?: string };
  readonly GetSessionConnectionData: { readonly Session: ReadyJson; readonly ConnectionToken: string };
}

/** The RequestId is added by the router, first, where the description has one. */
export type OperationAnswer<Id extends OperationId> = Id extends keyof ReadyAnswers
  ? ReadyAnswers[Id]
  : Omit<ResponseOf<Id>, 'RequestId'>;

/** Answers one operation. */
export type OperationHandler<Id extends OperationId> = (
  context: OperationContext,
  request: ParsedRequestOf<Id>,
) => Promise<OperationAnswer<Id>>;
