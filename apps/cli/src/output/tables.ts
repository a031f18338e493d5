import type { OperationId, ResponseOf } from '@dcvsm/protocol';
import { SERVER_COLUMNS, SESSION_COLUMNS } from './columns.js';
import type { Column } from './table.js';

export type TablePart =
  | {
      readonly kind: 'rows';
      readonly columns: readonly Column<unknown>[];
      readonly rows: readonly unknown[];
      readonly ifEmpty: string;
    }
  | { readonly kind: 'refusals'; readonly refusals: readonly string[] }
  /** For people, beside the table. */
  | { readonly kind: 'note'; readonly text: string };

type Tables = { readonly [Id in OperationId]: (answer: ResponseOf<Id>) => TablePart[] };

function rows<Row>(columns: readonly Column<Row>[], list: readonly Row[], ifEmpty: string): TablePart {
  return { kind: 'rows', columns: columns as readonly Column<unknown>[], rows: list, ifEmpty };
}

function refusals<Entry>(list: readonly Entry[], words: (entry: Entry) => string): TablePart {
  return { kind: 'refusals', refusals: list.map(words) };
}

function nextPage(token: string | null | undefined): TablePart[] {
  if (token === undefined || token === null) return [];
  return [{ kind: 'note', text: `there is more: add --all, or --next-token ${token}` }];
}

const NONE = 'none';

const TABLES_BY_OPERATION: Tables = {
  createSessions: ({ SuccessfulList, UnsuccessfulList }) => [
    rows(SESSION_COLUMNS, SuccessfulList, NONE),
    refusals(
      UnsuccessfulList,
      (entry) => `session ${entry.CreateSessionRequestData.Name}: ${entry.FailureReason}`,
    ),
  ],
  describeSessions: ({ Sessions, NextToken }) => [
    rows(SESSION_COLUMNS, Sessions, 'no sessions'),
    ...nextPage(NextToken),
  ],
  describeServers: ({ Servers, NextToken }) => [
    rows(SERVER_COLUMNS, Servers, 'no servers'),
    ...nextPage(NextToken),
  ],
  deleteSessions: ({ SuccessfulList, UnsuccessfulList }) => [
    rows(
      [
        { title: 'ID', cell: ({ SessionId }) => SessionId },
        { title: 'STATE', cell: ({ State }) => State },
      ],
      SuccessfulList,
      NONE,
    ),
    refusals(UnsuccessfulList, (entry) => `session ${entry.SessionId}: ${entry.FailureReason}`),
  ],
  getSessionScreenshots: ({ SuccessfulList, UnsuccessfulList }) => [
    rows(
      [
        { title: 'ID', cell: ({ SessionId }) => SessionId },
        { title: 'FORMAT', cell: ({ image }) => image.Format },
        { title: 'BYTES', cell: ({ image }) => Buffer.byteLength(image.Data, 'base64') },
        { title: 'PRIMARY', cell: ({ image }) => (image.Primary ? 'yes' : 'no') },
        { title: 'TAKEN', cell: ({ image }) => image.CreationTime },
      ],
      SuccessfulList.flatMap(({ SessionScreenshot: { SessionId, Images } }) =>
        Images.map((image) => ({ SessionId, image })),
      ),
      'no pictures',
    ),
    refusals(
      UnsuccessfulList,
      (entry) => `session ${entry.GetSessionScreenshotRequestData.SessionId}: ${entry.FailureReason}`,
    ),
  ],
  updateSessionPermissions: ({ SuccessfulList, UnsuccessfulList }) => [
    rows([{ title: 'ID', cell: ({ SessionId }) => SessionId }], SuccessfulList, NONE),
    refusals(UnsuccessfulList, (entry) => `session ${entry.SessionId}: ${entry.FailureReason}`),
  ],
  GetSessionConnectionData: ({ Session, ConnectionToken }) => [
    rows(SESSION_COLUMNS, [Session], NONE),
    rows([{ title: 'CONNECTION TOKEN', cell: (token) => token }], [ConnectionToken], NONE),
  ],
  openServers: ({ SuccessfulList, UnsuccessfulList }) => [
    rows([{ title: 'ID', cell: ({ ServerId }) => ServerId }], SuccessfulList, NONE),
    refusals(
      UnsuccessfulList,
      (entry) => `server ${entry.OpenServerRequestData.ServerId}: ${entry.FailureReason}`,
    ),
  ],
  closeServers: ({ SuccessfulList, UnsuccessfulList }) => [
    rows([{ title: 'ID', cell: ({ ServerId }) => ServerId }], SuccessfulList, NONE),
    refusals(
      UnsuccessfulList,
      (entry) => `server ${entry.CloseServerRequestData.ServerId}: ${entry.FailureReason}`,
    ),
  ],
};

/** What people see of each answer. */
export const TABLES: { readonly [Id in OperationId]: (answer: never) => TablePart[] } = TABLES_BY_OPERATION;
