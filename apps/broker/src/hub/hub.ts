import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  AGENT_LINK_PATH,
  AGENT_LINK_SUBPROTOCOL,
  AGENT_PROTOCOL_VERSION,
  decodeToBroker,
  MAX_FRAME_BYTES,
  type Hello,
} from '@dcvsm/protocol';
import { DeadlineExceeded, startLoop, type Clock, type Log, type Loop } from '@dcvsm/runtime';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Bus } from '../bus/bus.js';
import type { Fleet } from '../fleet/fleet.js';
import { AgentLink } from './agent-link.js';
import { FrameInbox, frameText, type Frame } from './frame-inbox.js';
import { closeCodes, HandshakeRefused, receiveHello, refuse } from './handshake.js';

export interface HubOptions {
  readonly fleet: Fleet;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Log;
  readonly heartbeatMs: number;
  readonly leaseMs: number;
}

/** A socket that said hello and is not a link yet. */
interface Stranger {
  readonly socket: WebSocket;
  readonly inbox: FrameInbox;
  readonly address: string;
  readonly hello: Hello;
}

/** Sockets that have not said hello yet; more at once are not a fleet coming back but somebody else. */
const MAX_STRANGERS = 2_000;

/** The agents' links: takes sockets in, hears them out, and gives up those that fell silent. */
export class Hub {
  readonly #options: HubOptions;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    clientTracking: true,
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    handleProtocols: (offered) => (offered.has(AGENT_LINK_SUBPROTOCOL) ? AGENT_LINK_SUBPROTOCOL : false),
  });
  readonly #links = new Map<string, AgentLink>();
  /** Sockets on their way to a link. */
  readonly #strangers = new Set<Promise<void>>();
  readonly #heartbeat: Loop;
  #stopped = false;

  constructor(options: HubOptions) {
    this.#options = options;
    this.#heartbeat = startLoop(options.clock, options.log, {
      name: 'agentHeartbeat',
      periodMs: options.heartbeatMs,
      body: () => this.#checkLinks(),
    });
  }

  get linkCount(): number {
    return this.#links.size;
  }

  /** To be called for every upgrade request of the agent listener. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const refusal = this.#refusal(request);
    if (refusal !== null) {
      socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const address = request.socket.remoteAddress ?? 'unknown';
      const welcomed = this.#welcome(webSocket, address);
      this.#strangers.add(welcomed);
      void welcomed.then(() => this.#strangers.delete(welcomed));
    });
  }

  /** Says goodbye to every agent; they look for a broker again by themselves. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#heartbeat.stop();
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#sockets.close();
    await Promise.all(this.#strangers);
  }

  #refusal(request: IncomingMessage): string | null {
    if (this.#stopped) return '503 Service Unavailable';
    if (request.url !== AGENT_LINK_PATH) return '404 Not Found';
    const offered = request.headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()) ?? [];
    if (!offered.includes(AGENT_LINK_SUBPROTOCOL)) return '400 Bad Request';
    return this.#strangers.size >= MAX_STRANGERS ? '503 Service Unavailable' : null;
  }

  /** From a fresh socket to an established link, or to a refusal that says why. Never rejects. */
  async #welcome(socket: WebSocket, address: string): Promise<void> {
    const { clock, log } = this.#options;
    // A socket error is always followed by its close, which is handled.
    socket.on('error', (err) => log.debug({ err, address }, 'agent socket error'));
    const inbox = new FrameInbox(socket);
    try {
      const hello = await receiveHello(clock, inbox);
      await this.#establish({ socket, inbox, address, hello });
    } catch (error) {
      if (!(error instanceof HandshakeRefused) && !(error instanceof DeadlineExceeded)) {
        log.error({ err: error, address }, 'an agent could not be registered');
        socket.close(closeCodes.internalError, 'try again');
      } else {
        log.warn({ address, reason: error.message }, 'refused an agent');
        if (socket.readyState === socket.OPEN) refuse(socket, error.message);
      }
      // A paused socket would not see the answer to its close.
      inbox.deliverTo(() => undefined);
    }
  }

  async #establish({ socket, inbox, address, hello }: Stranger): Promise<void> {
    const { fleet, bus, clock, log, heartbeatMs } = this.#options;
    const accepted = await fleet.acceptAgent(hello);
    const { id: serverId, linkEpoch: epoch } = accepted.server;
    const link = new AgentLink({
      socket,
      serverId,
      epoch,
      clock,
      log,
      onReport: (report) => fleet.applyReport({ serverId, epoch }, report),
    });
    this.#takeOver(link);
    const stopServing = bus.serve(serverId, (request) => link.request(request));
    socket.on('pong', () => link.heard());
    const onClose = (): void => {
      stopServing();
      // A late close must not remove the link that took this one's place.
      if (this.#links.get(serverId) === link) this.#links.delete(serverId);
      fleet.linkLost(serverId, epoch);
      link.end('link-lost');
      log.info({ serverId, epoch, address }, 'agent link lost');
    };
    if (socket.readyState !== socket.OPEN || this.#stopped) {
      onClose();
      socket.terminate();
      return;
    }
    socket.on('close', onClose);
    link.send({ type: 'welcome', protocolVersion: AGENT_PROTOCOL_VERSION, epoch, heartbeatMs });
    fleet.linkEstablished(accepted);
    inbox.deliverTo((frame) => this.#receive(link, frame));
    const { hostname, agentVersion } = hello.report.facts;
    log.info({ serverId, epoch, address, hostname, agentVersion }, 'agent linked');
  }

  /**
   * A server has one link; a newer one means that the older is dead and does not know it yet.
   * @throws HandshakeRefused if a newer one came while this one was being registered.
   */
  #takeOver(link: AgentLink): void {
    const other = this.#links.get(link.serverId);
    if (other !== undefined && other.epoch > link.epoch) {
      throw new HandshakeRefused('a newer link of the same server is up');
    }
    this.#links.set(link.serverId, link);
    other?.cut();
  }

  #receive(link: AgentLink, frame: Frame): void {
    const { log } = this.#options;
    const { serverId } = link;
    if (!link.isOpen) return;
    link.heard();
    const decoded = frame.isBinary
      ? ({ kind: 'malformed', problem: 'binary message' } as const)
      : decodeToBroker(frameText(frame));
    if (decoded.kind === 'unknown-type') {
      log.warn({ serverId, type: decoded.type }, 'skipped a message of unknown type; the agent may be newer');
      return;
    }
    if (decoded.kind === 'malformed' || decoded.message.type === 'hello') {
      const problem = decoded.kind === 'malformed' ? decoded.problem : 'a second hello';
      log.warn({ serverId, problem }, 'cut a link for a malformed message');
      link.close(closeCodes.invalidPayload, 'malformed message');
      return;
    }
    link
      .receive(decoded.message)
      .catch((err: unknown) => log.error({ err, serverId }, 'a message could not be taken in'));
  }

  async #checkLinks(): Promise<void> {
    const { leaseMs, log } = this.#options;
    for (const link of this.#links.values()) {
      if (link.silentForMs > leaseMs) {
        log.warn(
          { serverId: link.serverId, silentForMs: link.silentForMs },
          'agent fell silent; its link is cut',
        );
        link.cut();
      } else {
        link.ping();
      }
    }
  }
}
