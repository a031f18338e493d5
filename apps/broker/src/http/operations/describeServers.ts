import type { Server as WireServer } from '@dcvsm/protocol';
import { decodeCursor, encodeCursor } from '../cursor.js';
import { toWireServer } from '../to-wire.js';
import type { OperationHandler } from './operation-handler.js';

const DEFAULT_PAGE = 1000;

/** Answers a page of servers in the order of their ids. */
export const describeServers: OperationHandler<'describeServers'> = async ({ fleet }, request) => {
  const after = decodeCursor('servers', request.NextToken);
  const { ServerIds = [] } = request;
  const limit = request.MaxResults ?? DEFAULT_PAGE;
  const Servers: WireServer[] = [];
  let lastId = '';
  const showsUser = (user: string): boolean => fleet.seesUser(user);
  for (const entry of ServerIds.length > 0 ? fleet.serversWithIds(ServerIds, after) : fleet.servers(after)) {
    if (Servers.length === limit) return { Servers, NextToken: encodeCursor('servers', lastId) };
    lastId = entry.id;
    Servers.push(toWireServer(entry, showsUser));
  }
  return { Servers };
};
