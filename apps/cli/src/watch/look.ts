import { allServers, allSessions } from '@dcvsm/client';
import type { Server, Session } from '@dcvsm/protocol';
import type { Broker } from '../connect/broker.js';

/** The fleet at one moment. */
export interface Look {
  readonly atMs: number;
  readonly servers: readonly Server[];
  readonly sessions: readonly Session[];
}

export async function look({ client, call, context }: Broker, owner: string | undefined): Promise<Look> {
  const filter = owner === undefined ? {} : { Filters: [{ Key: 'owner', Value: owner }] };
  const servers: Server[] = [];
  for await (const server of allServers(client, {}, call)) servers.push(server);
  const sessions: Session[] = [];
  for await (const session of allSessions(client, filter, call)) sessions.push(session);
  return { atMs: context.clock.now(), servers, sessions };
}
