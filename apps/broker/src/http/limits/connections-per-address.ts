import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import type { Clock, Log } from '@dcvsm/runtime';
import { RateLimit } from './rate-limit.js';

const LOG_EVERY_SECONDS = 10;

/**
 * Counts the connections of each address and drops those beyond the limit at once, before they cost a TLS handshake.
 * A connection that became an agent's link no longer counts: a fleet behind one address is not an attack, and its
 * links have proved who they are.
 * @returns takes a connection out of the count
 */
export function limitConnectionsPerAddress(
  server: Server,
  options: { readonly most: number; readonly clock: Clock; readonly log: Log },
): (socket: Socket) => void {
  const { most, clock, log } = options;
  /** The ports from which each address is connected. */
  const open = new Map<string, Set<number>>();
  const lines = new RateLimit({ perSecond: 1 / LOG_EVERY_SECONDS, burst: 1, clock });

  const release = (address: string, port: number): void => {
    const ports = open.get(address);
    ports?.delete(port);
    if (ports?.size === 0) open.delete(address);
  };

  server.on('connection', (socket: Socket) => {
    const { remoteAddress: address, remotePort: port } = socket;
    // It went away while it waited to be accepted.
    if (address === undefined || port === undefined) return;
    const ports = open.get(address) ?? new Set();
    if (ports.size >= most) {
      if (lines.take(address) === null)
        log.warn({ address, most }, 'an address has too many connections; more are dropped');
      socket.destroy();
      return;
    }
    open.set(address, ports.add(port));
    socket.once('close', () => release(address, port));
  });
  return ({ remoteAddress: address, remotePort: port }) => {
    if (address !== undefined && port !== undefined) release(address, port);
  };
}
