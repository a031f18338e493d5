import { AGENT_PROTOCOL_VERSION, decodeToBroker, encodeToAgent, type Hello } from '@dcvsm/protocol';
import { withDeadline, type Clock } from '@dcvsm/runtime';
import type { WebSocket } from 'ws';
import { frameText, type FrameInbox } from './frame-inbox.js';

/** Close codes of RFC 6455 section 7.4.1, and ours of the private range. */
export const closeCodes = {
  goingAway: 1001,
  unsupportedData: 1003,
  invalidPayload: 1007,
  policy: 1008,
  internalError: 1011,
  replaced: 4001,
  unauthorized: 4003,
} as const;

const HELLO_TIMEOUT_MS = 10_000;

/** A peer that cannot become an agent's link; the reason is for it and for the log. */
export class HandshakeRefused extends Error {}

/**
 * Waits for the hello of a fresh socket. A socket that says nothing, or something else, is no agent's.
 * @throws HandshakeRefused, DeadlineExceeded.
 */
export async function receiveHello(clock: Clock, inbox: FrameInbox): Promise<Hello> {
  const frame = await withDeadline(clock, 'the hello', HELLO_TIMEOUT_MS, inbox.first());
  if (frame === null) throw new HandshakeRefused('the socket closed before its hello');
  if (frame.isBinary) throw new HandshakeRefused('binary messages are not spoken here');
  const decoded = decodeToBroker(frameText(frame));
  if (decoded.kind === 'malformed') throw new HandshakeRefused(`the hello is malformed: ${decoded.problem}`);
  if (decoded.kind !== 'message' || decoded.message.type !== 'hello') {
    throw new HandshakeRefused('the first message must be a hello');
  }
  const { protocolVersion } = decoded.message;
  if (protocolVersion !== AGENT_PROTOCOL_VERSION) {
    throw new HandshakeRefused(
      `the agent speaks protocol version ${protocolVersion}, this broker ${AGENT_PROTOCOL_VERSION}; update the older one`,
    );
  }
  return decoded.message;
}

/** Tells the peer why before it is closed. */
export function refuse(socket: WebSocket, reason: string): void {
  socket.send(encodeToAgent({ type: 'refused', reason }));
  socket.close(closeCodes.policy, 'refused');
}
