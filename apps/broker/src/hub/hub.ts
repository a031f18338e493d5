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
import type { AuditEntry, RecordAudit } from '../audit/audit-entry.js';
import type { Bus } from '../bus/bus.js';
import type { Fleet } from '../fleet/fleet.js';
import type { AgentAccess, AgentGrant } from '../security/agents/agent-access.js';
import { AgentLink } from './agent-link.js';
import { FrameInbox, frameText, type Frame } from './frame-inbox.js';
import { closeCodes, HandshakeRefused, receiveHello, refuse } from './handshake.js';
import { LinkRight } from './link-right.js';
import { Strangers } from './strangers.js';
import { BUSY, judgeRequest, refuseUpgrade, tooMany, unauthorized, type UpgradeRefusal } from './upgrade.js';

export interface HubOptions {
  readonly fleet: Fleet;
  readonly bus: Bus;
  readonly agents: AgentAccess;
  readonly audit: RecordAudit;
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
  readonly right: LinkRight;
  readonly hello: Hello;
}

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
  readonly #strangers = new Strangers();
  readonly #heartbeat: Loop;
  #stopped = false;

  constructor(options: HubOptions) {
    this.#options = options;
    this.#heartbeat = startLoop(options.clock, options.log, {
      name: 'agentHeartbeat',
      periodMs: options.heartbeatMs,
      body: () => this.#checkLinks(),
    });
    options.agents.clients.onUnregistered((clientId) => this.#cutLinksOf(clientId));
  }

  get linkCount(): number {
    return this.#links.size;
  }

  /** To be called for every upgrade request of the agent listener. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { agents } = this.#options;
    const refusal = this.#refusal(request);
    if (refusal !== null) return refuseUpgrade(socket, refusal);
    const verdict = judgeRequest(agents, request);
    if (verdict.kind === 'refused') return void this.#turnAway(request, socket, verdict.reason);
    const { grant } = verdict;
    if (!this.hasRoomFor(grant)) return refuseUpgrade(socket, BUSY);
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      this.take(webSocket, request.socket.remoteAddress ?? 'unknown', grant);
    });
  }

  /** Whether one more agent of that client may say hello now. */
  hasRoomFor(grant: AgentGrant | null): boolean {
    return this.#strangers.hasRoomFor(grant?.clientId ?? null);
  }

  /** Takes in a fresh socket of an agent. `grant`: what its token is good for; null where agents need none. */
  take(socket: WebSocket, address: string, grant: AgentGrant | null): void {
    const { agents, clock, log } = this.#options;
    const right = new LinkRight(grant, { agents, clock, log });
    this.#strangers.add(right.clientId, this.#welcome(socket, address, right));
  }

  /** Says goodbye to every agent; they look for a broker again by themselves. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#heartbeat.stop();
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#sockets.close();
    await this.#strangers.settled();
  }

  #refusal(request: IncomingMessage): UpgradeRefusal | null {
    if (this.#stopped) return BUSY;
    if (request.url !== AGENT_LINK_PATH)
      return { status: '404 Not Found', words: `links are at ${AGENT_LINK_PATH}` };
    const offered = request.headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()) ?? [];
    if (offered.includes(AGENT_LINK_SUBPROTOCOL)) return null;
    return { status: '400 Bad Request', words: `the subprotocol must be ${AGENT_LINK_SUBPROTOCOL}` };
  }

  /** An agent that could not prove who it is. Who tries that all the time is told to wait, and no longer written down. */
  async #turnAway(request: IncomingMessage, socket: Duplex, reason: string): Promise<void> {
    const { agents, audit, log } = this.#options;
    const address = request.socket.remoteAddress ?? 'unknown';
    const waitSeconds = await agents.attempts.waitOf(address);
    if (waitSeconds > 0) return refuseUpgrade(socket, tooMany(waitSeconds));
    await agents.attempts.countRefusal(address);
    log.warn({ address, reason }, 'refused an agent');
    const actor = { kind: 'agent', id: null } as const;
    audit({ actor, action: 'agent.link', objects: [], outcome: 'refused', reason, address });
    refuseUpgrade(socket, unauthorized(reason));
  }

  /** From a fresh socket to an established link, or to a refusal that says why. Never rejects. */
  async #welcome(socket: WebSocket, address: string, right: LinkRight): Promise<void> {
    const { clock, log } = this.#options;
    // A socket error is always followed by its close, which is handled.
    socket.on('error', (err) => log.debug({ err, address }, 'agent socket error'));
    const inbox = new FrameInbox(socket);
    try {
      const hello = await right.claim(await receiveHello(clock, inbox));
      await this.#establish({ socket, inbox, address, right, hello });
    } catch (error) {
      if (!(error instanceof HandshakeRefused) && !(error instanceof DeadlineExceeded)) {
        log.error({ err: error, address }, 'an agent could not be registered');
        socket.close(closeCodes.internalError, 'try again');
      } else {
        this.#auditLink(right, address, { objects: [], outcome: 'refused', reason: error.message });
        log.warn({ address, clientId: right.clientId, reason: error.message }, 'refused an agent');
        if (socket.readyState === socket.OPEN) refuse(socket, error.message);
      }
      // A paused socket would not see the answer to its close.
      inbox.deliverTo(() => undefined);
    }
  }

  async #establish({ socket, inbox, address, right, hello }: Stranger): Promise<void> {
    const { fleet, bus, clock, log, heartbeatMs } = this.#options;
    this.#cutFormerLinks(hello);
    const accepted = await fleet.acceptAgent(hello);
    const { id: serverId, linkEpoch: epoch } = accepted.server;
    const link = new AgentLink({
      socket,
      serverId,
      epoch,
      clock,
      log,
      right,
      onReport: (report) => fleet.applyReport({ serverId, epoch }, report),
    });
    // It may have been unregistered while its server was registered.
    const problem = right.problem();
    if (problem !== null) throw new HandshakeRefused(problem);
    this.#takeOver(link);
    const stopServing = bus.serve(serverId, (request) => link.request(request));
    socket.on('pong', () => link.heard());
    const onClose = (): void => {
      stopServing();
      // A late close must not remove the link that took this one's place, which has the same epoch if the server was
      // forgotten in between.
      if (this.#links.get(serverId) === link) {
        this.#links.delete(serverId);
        fleet.linkLost(serverId, epoch);
      }
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
    this.#auditLink(right, address, { objects: [serverId], outcome: 'success' });
    const { hostname, agentVersion } = hello.report.facts;
    log.info({ serverId, epoch, address, hostname, agentVersion }, 'agent linked');
  }

  /** A host that was renamed speaks here; its former links are dead and do not know it yet. */
  #cutFormerLinks({ serverId, previousServerIds }: Hello): void {
    for (const id of previousServerIds) if (id !== serverId) this.#links.get(id)?.cut();
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
      link.endUnlessRightful();
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

  #cutLinksOf(clientId: string): void {
    for (const link of this.#links.values()) if (link.right.clientId === clientId) link.endUnlessRightful();
  }

  #auditLink(
    right: LinkRight,
    address: string,
    entry: Pick<AuditEntry, 'objects' | 'outcome' | 'reason'>,
  ): void {
    const actor = { kind: 'agent', id: right.clientId } as const;
    this.#options.audit({ actor, action: 'agent.link', address, ...entry });
  }
}
