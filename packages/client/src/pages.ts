import type {
  DescribeServersRequestData,
  DescribeSessionsRequestData,
  Server,
  Session,
} from '@dcvsm/protocol';
import type { CallOptions, DcvsmClient } from './client.js';

/**
 * All sessions that a request describes, page after page, each page asked for when the one before was used up.
 * ```ts
 * for await (const session of allSessions(client, { Filters: [{ Key: 'owner', Value: 'alice' }] })) …
 * ```
 */
export function allSessions(
  client: DcvsmClient,
  request: DescribeSessionsRequestData = {},
  options?: CallOptions,
): AsyncGenerator<Session, void, undefined> {
  return allOf(request, async (page) => {
    const { Sessions, NextToken } = await client.describeSessions(page, options);
    return { items: Sessions, next: NextToken };
  });
}

/** All servers that a request describes; see `allSessions`. */
export function allServers(
  client: DcvsmClient,
  request: DescribeServersRequestData = {},
  options?: CallOptions,
): AsyncGenerator<Server, void, undefined> {
  return allOf(request, async (page) => {
    const { Servers, NextToken } = await client.describeServers(page, options);
    return { items: Servers, next: NextToken };
  });
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null | undefined;
}

async function* allOf<Request extends { NextToken?: string | undefined }, Item>(
  request: Request,
  ask: (request: Request) => Promise<Page<Item>>,
): AsyncGenerator<Item, void, undefined> {
  let token = request.NextToken;
  for (;;) {
    const { items, next } = await ask(token === undefined ? request : { ...request, NextToken: token });
    yield* items;
    // Absent, null and empty all mean the end; the same token again would go on for ever.
    if (next === undefined || next === null || next === '' || next === token) return;
    token = next;
  }
}
