import type { ServerResponse } from 'node:http';
import type { Clock } from '@dcvsm/runtime';

/** How long a client may take to read an answer that is complete on our side. */
const READ_MS = 15_000;

/** Cuts off a client that does not read its answer, which would stay in memory for as long as it likes. */
export function cutSlowReader(response: ServerResponse, clock: Clock): void {
  // Comes once: `once` would only cost more.
  response.on('prefinish', () => {
    const { socket } = response;
    // Nearly always the system has taken all of it already, and there is nothing to watch.
    if (socket === null || socket.writableLength === 0) return;
    const timer = clock.after(READ_MS, () => void socket.destroy());
    response.once('close', () => timer.cancel());
  });
}
