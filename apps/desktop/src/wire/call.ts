import { connect } from 'node:net';
import type { Answer, ValueOf } from './answer.js';
import type { Request } from './request.js';
import { socketPath } from './socket-path.js';

/** The daemon is not there: not started, stopped or just restarting. */
export class Unreachable extends Error {}

/**
 * Asks the daemon of a state folder one thing.
 *
 * @throws Unreachable if nobody answers
 */
export function callDaemon<R extends Request>(
  stateDir: string,
  request: R,
): Promise<Answer<ValueOf<R['command']>>> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(socketPath(stateDir));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', (cause) => reject(new Unreachable(cause.message)));
    socket.on('close', () => {
      const line = Buffer.concat(chunks).toString('utf8');
      if (!line.endsWith('\n')) reject(new Unreachable('the connection ended without an answer'));
      else resolve(JSON.parse(line) as Answer<ValueOf<R['command']>>);
    });
    socket.write(`${JSON.stringify(request)}\n`);
  });
}

/** Whether a daemon of the state folder is there, whatever it would answer. */
export function isDaemonThere(stateDir: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath(stateDir));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
