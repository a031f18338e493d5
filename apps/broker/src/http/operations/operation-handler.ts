import type { OperationId, ParsedRequestOf, ResponseOf } from '@dcvsm/protocol';
import type { Fleet } from '../../fleet/fleet.js';
import type { RequestLimits } from '../../domain/check-request.js';
import type { View } from '../../view/view.js';

/** What handlers work with: the fleet's verbs, and the view to read. */
export interface OperationContext {
  readonly fleet: Fleet;
  readonly view: View;
  readonly requestLimits: RequestLimits;
}

/** Answers one operation. The RequestId is added by the router, first, where the description has one. */
export type OperationHandler<Id extends OperationId> = (
  context: OperationContext,
  request: ParsedRequestOf<Id>,
) => Promise<Omit<ResponseOf<Id>, 'RequestId'>>;
