import type { OperationId } from '@dcvsm/protocol';
import { closeServers } from './closeServers.js';
import { createSessions } from './createSessions.js';
import { deleteSessions } from './deleteSessions.js';
import { describeServers } from './describeServers.js';
import { describeSessions } from './describeSessions.js';
import { GetSessionConnectionData } from './GetSessionConnectionData.js';
import { getSessionScreenshots } from './getSessionScreenshots.js';
import { openServers } from './openServers.js';
import type { OperationHandler } from './operation-handler.js';
import { updateSessionPermissions } from './updateSessionPermissions.js';

/** One handler for each operation of the contract; a missing one does not compile. */
export const handlers: { readonly [Id in OperationId]: OperationHandler<Id> } = {
  closeServers,
  createSessions,
  deleteSessions,
  describeServers,
  describeSessions,
  GetSessionConnectionData,
  getSessionScreenshots,
  openServers,
  updateSessionPermissions,
};
