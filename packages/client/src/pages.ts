import type {
  DescribeServersRequestData,
  DescribeServersResponse,
  DescribeSessionsRequestData,
  DescribeSessionsResponse,
  Server,
  Session,
} from '@dcvsm/protocol';
import type { CallOptions, DcvsmClient } from './client.js';

/** The answers to a request, page after page, each asked for when somebody wants it. */
export function sessionPages(
  client: DcvsmClient,
  request: DescribeSessionsRequestData = {},
  options?: CallOptions,
): AsyncGenerator<DescribeSessionsResponse, void, undefined> {
  return pagesOf(request, (page) => client.describeSessions(page, options));
}

/** See `sessionPages`. */
export function serverPages(
  client: DcvsmClient,
  request: DescribeServersRequestData = {},
  options?: CallOptions,
): AsyncGenerator<DescribeServersResponse, void, undefined> {
  return pagesOf(request, (page) => client.describeServers(page, options));
}

/**
 * All sessions that a request describes, over all pages.
 * ```ts
 * for await (const session of allSessions(client, { Filters: [{ Key: 'owner', Value: 'alice' }] })) …
 * ```
 */
export async function* allSessions(
  client: DcvsmClient,
  request?: DescribeSessionsRequestData,
  options?: CallOptions,
): AsyncGenerator<Session, void, undefined> {
  for await (const { Sessions } of sessionPages(client, request, options)) yield* Sessions;
}

/** All servers that a request describes, over all pages. */
export async function* allServers(
  client: DcvsmClient,
  request?: DescribeServersRequestData,
  options?: CallOptions,
): AsyncGenerator<Server, void, undefined> {
  for await (const { Servers } of serverPages(client, request, options)) yield* Servers;
}

async function* pagesOf<
  Request extends { NextToken?: string | undefined },
  Page extends { readonly NextToken?: string | null | undefined },
>(request: Request, ask: (request: Request) => Promise<Page>): AsyncGenerator<Page, void, undefined> {
  let token = request.NextToken;
  for (;;) {
    const page = await ask(token === undefined ? request : { ...request, NextToken: token });
    yield page;
    const next = page.NextToken;
    // Absent, null and empty all mean the end; the same token again would go on for ever.
    if (next === undefined || next === null || next === '' || next === token) return;
    token = next;
  }
}
