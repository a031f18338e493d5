import type { SecureContext } from 'node:tls';
import {
  AGENT_LINK_PATH,
  AGENT_LINK_SUBPROTOCOL,
  AGENT_PROTOCOL_VERSION,
  decodeToAgent,
  encodeToBroker,
  type CommandMessage,
  type Outcome,
  type ToBroker,
} from '@dcvsm/protocol';
import { WebSocket, type ClientOptions } from 'ws';
import { simulatedLocalSession, simulatedReport, simulatedServerId } from '../simulated-host.js';

export interface LinkOptions {
  readonly number: number;
  readonly agentPort: number;
  readonly secureContext: SecureContext;
  readonly maxVirtualSessions: number;
  /** Sessions that the host has already, made locally. */
  readonly localSessions: number;
  readonly onOutcome: (outcome: Outcome) => void;
  /** The link ended although nobody here wanted that. */
  readonly onLost: (reason: string) => void;
}

/** Resolves when the broker has welcomed the host, which from then on obeys at once and sends its heartbeats. */
export function openSimulatedLink(options: LinkOptions): Promise<void> {
  const { number, agentPort, secureContext, maxVirtualSessions, localSessions } = options;
  // One context for all links of this process; the types do not know that it is handed on to TLS.
  const tls: ClientOptions & { readonly secureContext: SecureContext } = {
    secureContext,
    perMessageDeflate: false,
  };
  const url = `wss://127.0.0.1:${agentPort}${AGENT_LINK_PATH}`;
  const socket = new WebSocket(url, AGENT_LINK_SUBPROTOCOL, tls);
  const send = (message: ToBroker): void => socket.send(encodeToBroker(message));
  socket.once('open', () => {
    const sessions = Array.from({ length: localSessions }, (_, index) =>
      simulatedLocalSession(number, index),
    );
    send({
      type: 'hello',
      protocolVersion: AGENT_PROTOCOL_VERSION,
      serverId: simulatedServerId(number),
      previousServerIds: [],
      report: simulatedReport(number, maxVirtualSessions, sessions),
    });
  });
  return new Promise((resolve, reject) => {
    const lost = (reason: string): void => {
      reject(new Error(reason));
      options.onLost(reason);
    };
    socket.on('error', (error) => lost(error.message));
    socket.on('close', (code) => lost(`the broker closed the link with code ${code}`));
    socket.on('message', (data) => {
      const decoded = decodeToAgent(String(data as Buffer));
      if (decoded.kind !== 'message') return lost(`the broker sent something ${decoded.kind}`);
      const { message } = decoded;
      if (message.type === 'refused') return lost(`refused: ${message.reason}`);
      if (message.type === 'welcome') {
        // The first at a random moment: a real fleet's heartbeats do not come all at once.
        const beat = (): void => send({ type: 'heartbeat' });
        setTimeout(() => setInterval(beat, message.heartbeatMs), Math.random() * message.heartbeatMs);
        resolve();
      } else if (message.type === 'command') {
        const outcome = obey(message);
        send({ type: 'outcome', commandId: message.commandId, outcome });
        options.onOutcome(outcome);
      }
    });
  });
}

function obey({ command }: CommandMessage): Outcome {
  switch (command.kind) {
    case 'create-session': {
      const { sessionId: id, name, owner, type } = command;
      return { kind: 'created', session: { id, name, owner, type, connections: 0 } };
    }
    case 'delete-session':
      return { kind: 'deleted' };
    case 'set-permissions':
      return { kind: 'permissions-set' };
    case 'take-screenshot':
      return { kind: 'failed', reason: 'simulated hosts have no picture', sessionMissing: false };
  }
}
