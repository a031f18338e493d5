import type { OperationId, ParsedRequestOf } from '@dcvsm/protocol';
import type { OperationAnswer } from './operations/operation-handler.js';

export interface Refusal {
  /** Id of what was asked for; null for what never came to be. */
  readonly object: string | null;
  readonly reason: string;
}

interface AuditedOperation<Id extends OperationId> {
  /** Ids of all that a request names. */
  asked(request: ParsedRequestOf<Id>): string[];
  outcomes(
    answer: OperationAnswer<Id>,
    request: ParsedRequestOf<Id>,
  ): { readonly done: readonly string[]; readonly refused: readonly Refusal[] };
}

/** What the audit log tells of each operation; null: it changes nothing and hands nothing out. */
export const auditedOperations: { readonly [Id in OperationId]: AuditedOperation<Id> | null } = {
  describeServers: null,
  describeSessions: null,
  getSessionScreenshots: null,
  createSessions: {
    asked: () => [],
    outcomes: ({ SuccessfulList, UnsuccessfulList }) => ({
      done: SuccessfulList.map(({ Id }) => Id),
      refused: UnsuccessfulList.map(({ FailureReason }) => ({ object: null, reason: FailureReason })),
    }),
  },
  deleteSessions: {
    asked: sessionIds,
    outcomes: sessionOutcomes,
  },
  updateSessionPermissions: {
    asked: sessionIds,
    outcomes: sessionOutcomes,
  },
  GetSessionConnectionData: {
    asked: ({ sessionId, user }) => [sessionId, user],
    outcomes: (_, { sessionId, user }) => ({ done: [sessionId, user], refused: [] }),
  },
  openServers: {
    asked: serverIds,
    outcomes: ({ SuccessfulList, UnsuccessfulList }) => ({
      done: serverIds(SuccessfulList),
      refused: UnsuccessfulList.map(({ OpenServerRequestData, FailureReason }) => ({
        object: OpenServerRequestData.ServerId,
        reason: FailureReason,
      })),
    }),
  },
  closeServers: {
    asked: serverIds,
    outcomes: ({ SuccessfulList, UnsuccessfulList }) => ({
      done: serverIds(SuccessfulList),
      refused: UnsuccessfulList.map(({ CloseServerRequestData, FailureReason }) => ({
        object: CloseServerRequestData.ServerId,
        reason: FailureReason,
      })),
    }),
  },
};

interface SessionEntry {
  readonly SessionId: string;
}

function sessionIds(entries: readonly SessionEntry[]): string[] {
  return entries.map(({ SessionId }) => SessionId);
}

function serverIds(entries: readonly { readonly ServerId: string }[]): string[] {
  return entries.map(({ ServerId }) => ServerId);
}

function sessionOutcomes(answer: {
  readonly SuccessfulList: readonly SessionEntry[];
  readonly UnsuccessfulList: readonly (SessionEntry & { readonly FailureReason: string })[];
}): { done: string[]; refused: Refusal[] } {
  return {
    done: sessionIds(answer.SuccessfulList),
    refused: answer.UnsuccessfulList.map(({ SessionId, FailureReason }) => ({
      object: SessionId,
      reason: FailureReason,
    })),
  };
}
