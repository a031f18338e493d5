import type { Server as WireServer } from '@dcvsm/protocol';
import { decodeCursor, encodeCursor } from '../cursor.js';
import { toWireServer } from '../to-wire.js';
import type { OperationHandler } from './operation-handler.js';

const DEFAULT_PAGE = 1000;

/** Answers a page of servers in the order of their ids. */
export const describeServers: OperationHandler<'describeServers'> = async ({ view }, request) => {
  const after = decodeCursor('servers', request.NextToken);
  const wanted = new Set(request.ServerIds ?? []);
  const limit = request.MaxResults ?? DEFAULT_PAGE;
  const Servers: WireServer[] = [];
  let lastId = '';
  for (const id of view.serverIdsAfter(after)) {
    const entry = wanted.size > 0 && !wanted.has(id) ? undefined : view.server(id);
    if (entry === undefined) continue;
    if (Servers.length === limit) return { Servers, NextToken: encodeCursor('servers', lastId) };
    lastId = id;
    Servers.push(toWireServer(entry));
  }
  return { Servers };
};
