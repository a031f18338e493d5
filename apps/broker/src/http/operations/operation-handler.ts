import type { OperationId, ParsedRequestOf, ResponseOf } from '@dcvsm/protocol';
import type { RequestLimits } from '../../domain/check-request.js';
import type { VisibleFleet } from '../../fleet/visible-fleet.js';

/** What handlers work with. They get the fleet only as their caller may see and touch it, to read and to change. */
export interface OperationContext {
  readonly fleet: VisibleFleet;
  readonly requestLimits: RequestLimits;
}

/** The RequestId is added by the router, first, where the description has one. */
export type OperationAnswer<Id extends OperationId> = Omit<ResponseOf<Id>, 'RequestId'>;

/** Answers one operation. */
export type OperationHandler<Id extends OperationId> = (
  context: OperationContext,
  request: ParsedRequestOf<Id>,
) => Promise<OperationAnswer<Id>>;
