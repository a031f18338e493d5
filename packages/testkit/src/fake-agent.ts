import {
  AGENT_LINK_PATH,
  AGENT_LINK_SUBPROTOCOL,
  AGENT_PROTOCOL_VERSION,
  decodeToAgent,
  encodeToBroker,
  type CommandMessage,
  type HostFacts,
  type HostLoad,
  type HostSession,
  type Outcome,
  type ToAgent,
  type ToBroker,
  type Welcome,
} from '@dcvsm/protocol';
import { WebSocket } from 'ws';
import { hostFacts, hostLoad } from './builders.js';
import { Happenings } from './happenings.js';

export interface FakeAgentOptions {
  readonly serverId: string;
  /** `https://host:port` of the agent listener. */
  readonly agentUrl: string;
  /** PEM. */
  readonly ca: string;
  readonly facts?: Partial<HostFacts>;
  /** Gives the access token for each link; absent: the agent shows none. */
  readonly token?: () => string | Promise<string>;
}

/** What a fake host does with a command; `silence`: nothing comes back. */
export type Reaction = (message: CommandMessage) => Outcome | 'silence' | Promise<Outcome | 'silence'>;

/** A host in memory that speaks the real protocol over a real socket, and does as a test tells it. */
export class FakeAgent {
  readonly serverId: string;
  readonly sessions = new Map<string, HostSession>();
  /** Every command that arrived, oldest first. */
  readonly commands: CommandMessage[] = [];
  readonly happenings = new Happenings<ToAgent>();
  facts: HostFacts;
  load: HostLoad = hostLoad();
  dcvProblem: string | null = null;
  previousServerIds: string[] = [];
  /** As in the options; a test may give it another's. */
  token: FakeAgentOptions['token'];
  react: Reaction = (message) => this.obey(message);
  /** A host that hangs: its socket stays open, and nothing comes over it any more. */
  frozen = false;
  readonly #options: FakeAgentOptions;
  #socket: WebSocket | null = null;
  #reports = 0;

  constructor(options: FakeAgentOptions) {
    this.#options = options;
    this.serverId = options.serverId;
    this.token = options.token;
    this.facts = hostFacts({ hostname: options.serverId, ...options.facts });
  }

  /** Resolves with the broker's welcome. @rejects when the link ends before it. */
  async connect(): Promise<Welcome> {
    const url = `${this.#options.agentUrl.replace(/^https/, 'wss')}${AGENT_LINK_PATH}`;
    const token = await this.token?.();
    const socket = new WebSocket(url, AGENT_LINK_SUBPROTOCOL, {
      headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
      ca: this.#options.ca,
      perMessageDeflate: false,
      autoPong: false,
    });
    this.#socket = socket;
    socket.on('ping', (data) => {
      if (!this.frozen) socket.pong(data);
    });
    socket.on('message', (data) => void this.#receive(socket, String(data as Buffer)));
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    const welcome = this.happenings.next(
      (message) => message.type === 'welcome' || message.type === 'refused',
    );
    this.send({
      type: 'hello',
      protocolVersion: AGENT_PROTOCOL_VERSION,
      serverId: this.serverId,
      previousServerIds: this.previousServerIds,
      report: this.#report(),
    });
    const answer = await welcome;
    if (answer.type !== 'welcome') throw new Error(`refused: ${JSON.stringify(answer)}`);
    return answer;
  }

  /** Resolves when the broker has taken the report in. */
  async report(): Promise<void> {
    this.#reports += 1;
    const requestId = `report-${this.#reports}`;
    const accepted = this.happenings.next(
      (message) => message.type === 'report-accepted' && message.requestId === requestId,
    );
    this.send({ type: 'report', requestId, report: this.#report() });
    await accepted;
  }

  /** Shows the broker a newer token over the link, as agents do before the old one ends. */
  async renewToken(): Promise<void> {
    const token = await this.token?.();
    if (token !== undefined && this.connected && !this.frozen) this.send({ type: 'renew-token', token });
  }

  get connected(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Renews the lease; resolves when the broker has received all that was sent before. */
  async heartbeat(): Promise<void> {
    const socket = this.#socket;
    if (socket === null || !this.connected || this.frozen) return;
    this.send({ type: 'heartbeat' });
    await new Promise<void>((resolve) => {
      const done = (): void => {
        socket.off('pong', done).off('close', done);
        resolve();
      };
      socket.on('pong', done).on('close', done).ping();
    });
  }

  send(message: ToBroker): void {
    this.sendRaw(encodeToBroker(message));
  }

  sendRaw(frame: string | Uint8Array): void {
    this.#socket?.send(frame);
  }

  /** Cuts the link as a killed process does; resolves when the socket is gone on this side. */
  async disconnect(): Promise<void> {
    const socket = this.#socket;
    if (socket === null || socket.readyState === WebSocket.CLOSED) return;
    await new Promise<void>((resolve) => {
      socket.once('close', () => resolve());
      socket.terminate();
    });
  }

  /** Resolves when the broker has closed the link. */
  async closed(): Promise<void> {
    const socket = this.#socket;
    if (socket === null || socket.readyState === WebSocket.CLOSED) return;
    await new Promise<void>((resolve) => socket.once('close', () => resolve()));
  }

  /** Resolves with the next command of that kind, or the first that came already. */
  async command(kind: CommandMessage['command']['kind'], sessionId?: string): Promise<CommandMessage> {
    const fits = (message: CommandMessage): boolean =>
      message.command.kind === kind && (sessionId === undefined || message.command.sessionId === sessionId);
    const known = this.commands.find(fits);
    if (known !== undefined) return known;
    const next = await this.happenings.next((message) => message.type === 'command' && fits(message));
    return next as CommandMessage;
  }

  /** What a healthy host does. */
  obey({ command }: CommandMessage): Outcome {
    switch (command.kind) {
      case 'create-session': {
        const known = this.sessions.get(command.sessionId);
        const { sessionId: id, name, owner, type } = command;
        const session: HostSession = known ?? { id, name, owner, type, connections: 0 };
        this.sessions.set(id, session);
        return { kind: 'created', session };
      }
      case 'delete-session':
        this.sessions.delete(command.sessionId);
        return { kind: 'deleted' };
      case 'set-permissions':
        return this.sessions.has(command.sessionId) ? { kind: 'permissions-set' } : missing();
      case 'take-screenshot': {
        if (!this.sessions.has(command.sessionId)) return missing();
        const takenAt = new Date(0).toISOString();
        return { kind: 'screenshot', picture: { format: command.format, takenAt, primary: true, parts: 1 } };
      }
    }
  }

  async #receive(socket: WebSocket, frame: string): Promise<void> {
    if (this.frozen) return;
    const decoded = decodeToAgent(frame);
    if (decoded.kind !== 'message') throw new Error(`the broker sent ${decoded.kind}: ${frame}`);
    const { message } = decoded;
    if (message.type === 'command') this.commands.push(message);
    this.happenings.add(message);
    if (message.type !== 'command') return;
    const outcome = await this.react(message);
    if (outcome === 'silence' || socket.readyState !== WebSocket.OPEN) return;
    const { commandId } = message;
    if (outcome.kind === 'screenshot') this.send({ type: 'picture-part', commandId, data: ONE_PIXEL_PNG });
    this.send({ type: 'outcome', commandId, outcome });
  }

  #report(): { facts: HostFacts; load: HostLoad; dcv: DcvState } {
    const { facts, load, dcvProblem } = this;
    const dcv: DcvState =
      dcvProblem === null
        ? { healthy: true, sessions: [...this.sessions.values()] }
        : { healthy: false, problem: dcvProblem };
    return { facts, load, dcv };
  }
}

type DcvState = { healthy: true; sessions: HostSession[] } | { healthy: false; problem: string };

function missing(): Outcome {
  return { kind: 'failed', reason: 'there is no such session', sessionMissing: true };
}

/** A whole PNG of one pixel. */
const ONE_PIXEL_PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
