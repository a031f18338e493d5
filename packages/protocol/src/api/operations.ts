import type { z } from 'zod';
import { CloseServersRequest, CloseServersResponse } from './closeServers.js';
import { CreateSessionsRequest, CreateSessionsResponse } from './createSessions.js';
import { DeleteSessionsRequest, DeleteSessionsResponse } from './deleteSessions.js';
import { DescribeServersRequestData, DescribeServersResponse } from './describeServers.js';
import { DescribeSessionsRequestData, DescribeSessionsResponse } from './describeSessions.js';
import {
  GetSessionConnectionDataPath,
  GetSessionConnectionDataResponse,
} from './GetSessionConnectionData.js';
import { GetSessionScreenshotsRequest, GetSessionScreenshotsResponse } from './getSessionScreenshots.js';
import { OpenServersRequest, OpenServersResponse } from './openServers.js';
import {
  UpdateSessionPermissionsRequest,
  UpdateSessionPermissionsResponse,
} from './updateSessionPermissions.js';

/** What an API client must be allowed to do to call an operation. */
export type OperationScope = 'read' | 'operate' | 'administer';

export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** With `{name}` for path parameters. */
  readonly path: string;
  readonly tag: string;
  readonly scope: OperationScope;
  readonly summary: string;
  /** Where the request travels; an optional body may be absent, which means `{}`. */
  readonly requestIn: 'body' | 'optional-body' | 'path';
  readonly request: z.ZodType;
  readonly response: z.ZodType;
}

/**
 * The contract as data: routes, handler types, the client and the OpenAPI document follow from it.
 * Keys are the operationIds of the published description, so `GetSessionConnectionData` keeps its capital.
 */
export const operations = {
  createSessions: {
    method: 'POST',
    path: '/createSessions',
    tag: 'sessions',
    scope: 'operate',
    summary: 'Places and creates sessions.',
    requestIn: 'body',
    request: CreateSessionsRequest,
    response: CreateSessionsResponse,
  },
  describeSessions: {
    method: 'POST',
    path: '/describeSessions',
    tag: 'sessions',
    scope: 'read',
    summary: 'Describes sessions, by id, owner or tags of their servers.',
    requestIn: 'optional-body',
    request: DescribeSessionsRequestData,
    response: DescribeSessionsResponse,
  },
  deleteSessions: {
    method: 'POST',
    path: '/deleteSessions',
    tag: 'sessions',
    scope: 'operate',
    summary: 'Deletes sessions.',
    requestIn: 'body',
    request: DeleteSessionsRequest,
    response: DeleteSessionsResponse,
  },
  getSessionScreenshots: {
    method: 'POST',
    path: '/getSessionScreenshots',
    tag: 'sessions',
    scope: 'read',
    summary: 'Takes pictures of sessions.',
    requestIn: 'body',
    request: GetSessionScreenshotsRequest,
    response: GetSessionScreenshotsResponse,
  },
  updateSessionPermissions: {
    method: 'PUT',
    path: '/sessionPermissions',
    tag: 'sessionPermissions',
    scope: 'operate',
    summary: "Replaces sessions' permissions.",
    requestIn: 'body',
    request: UpdateSessionPermissionsRequest,
    response: UpdateSessionPermissionsResponse,
  },
  GetSessionConnectionData: {
    method: 'GET',
    path: '/sessionConnectionData/{sessionId}/{user}',
    tag: 'GetSessionConnectionData',
    scope: 'operate',
    summary: 'Gives what a user needs to connect to a session.',
    requestIn: 'path',
    request: GetSessionConnectionDataPath,
    response: GetSessionConnectionDataResponse,
  },
  describeServers: {
    method: 'POST',
    path: '/describeServers',
    tag: 'servers',
    scope: 'read',
    summary: 'Describes servers.',
    requestIn: 'optional-body',
    request: DescribeServersRequestData,
    response: DescribeServersResponse,
  },
  openServers: {
    method: 'POST',
    path: '/openServers',
    tag: 'servers',
    scope: 'administer',
    summary: 'Opens servers for new sessions.',
    requestIn: 'body',
    request: OpenServersRequest,
    response: OpenServersResponse,
  },
  closeServers: {
    method: 'POST',
    path: '/closeServers',
    tag: 'servers',
    scope: 'administer',
    summary: 'Closes servers for new sessions.',
    requestIn: 'body',
    request: CloseServersRequest,
    response: CloseServersResponse,
  },
} as const satisfies Record<string, Operation>;

export type OperationId = keyof typeof operations;
/** What a caller sends. */
export type RequestOf<Id extends OperationId> = z.input<(typeof operations)[Id]['request']>;
/** What a handler gets: validated and normalised. */
export type ParsedRequestOf<Id extends OperationId> = z.output<(typeof operations)[Id]['request']>;
export type ResponseOf<Id extends OperationId> = z.output<(typeof operations)[Id]['response']>;

export const operationIds = Object.keys(operations) as OperationId[];
