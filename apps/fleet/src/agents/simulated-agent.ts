import type { SecureContext } from 'node:tls';
import {
  AGENT_LINK_PATH,
  AGENT_LINK_SUBPROTOCOL,
  AGENT_PROTOCOL_VERSION,
  decodeToAgent,
  encodeToBroker,
  MAX_FRAME_BYTES,
  type CommandMessage,
  type Outcome,
  type ToAgent,
  type ToBroker,
  type Welcome,
} from '@dcvsm/protocol';
import { backoffMs, type Clock, type Random, type Timer } from '@dcvsm/runtime';
import { WebSocket, type ClientOptions } from 'ws';
import type { Host } from '../hosts/host.js';
import { between, isDue } from '../random.js';
import type { Admission } from './admission.js';
import type { Target } from './target.js';

export interface Behaviour {
  /** How often a report is sent; null: never after the hello. */
  readonly reportMs: number | null;
  /** What DCV takes to create a session, between these. */
  readonly createMs: readonly [number, number];
  /** The part of creations that fail, from 0 to 1. */
  readonly failingPart: number;
}

export interface AgentEvents {
  readonly onLinked: () => void;
  readonly onLost: (reason: string) => void;
  /** No link came of an attempt. */
  readonly onRefused: (reason: string) => void;
  readonly onCommand: (message: CommandMessage) => void;
  readonly onOutcome: (message: CommandMessage, outcome: Outcome) => void;
}

export interface SimulatedAgentOptions {
  readonly host: Host;
  readonly target: Target;
  /** Null: the broker asks for no tokens. */
  readonly admission: Admission | null;
  readonly behaviour: Behaviour;
  readonly events: AgentEvents;
  readonly clock: Clock;
  readonly random: Random;
}

/** As the agent does it. */
const RECONNECT = { firstMs: 1_000, longestMs: 30_000 };
const RENEW_AFTER_PART = 0.8;

/** One host's agent: speaks the real protocol, keeps its link, and does what it is told as a DCV server would. */
export class SimulatedAgent {
  readonly #options: SimulatedAgentOptions;
  readonly #timers = new Set<Timer>();
  #socket: WebSocket | null = null;
  #isLinked = false;
  #isStopped = false;
  #attempt = 0;
  #reports = 0;
  #onWelcome: () => void = () => undefined;

  constructor(options: SimulatedAgentOptions) {
    this.#options = options;
  }

  get isLinked(): boolean {
    return this.#isLinked;
  }

  /** Resolves when the first attempt to link has succeeded or failed; from then on the agent tries for itself. */
  async link(): Promise<void> {
    const { admission } = this.#options;
    try {
      const token = await admission?.();
      if (this.#isStopped) return;
      await this.#open(token?.text);
      if (admission !== null && token !== undefined)
        this.#later(token.lifetimeMs * RENEW_AFTER_PART, () => this.#renew(admission));
    } catch (error) {
      this.#lost(error instanceof Error ? error.message : String(error));
    }
  }

  /** The host loses its connection, as when a cable is pulled, and comes back after `awayMs`. */
  cut(awayMs: number): void {
    this.#socket?.terminate();
    this.#lost('cut on purpose', awayMs);
  }

  stop(): void {
    this.#isStopped = true;
    this.#forgetTimers();
    this.#socket?.close(1001, 'the simulated fleet stops');
  }

  #open(token: string | undefined): Promise<void> {
    const { target, host } = this.#options;
    const url = new URL(AGENT_LINK_PATH, target.agentUrl);
    url.protocol = 'wss:';
    // The types do not know that the context is handed on to TLS.
    const tls: ClientOptions & { readonly secureContext: SecureContext } = {
      secureContext: target.secureContext,
      headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
      perMessageDeflate: false,
      maxPayload: MAX_FRAME_BYTES,
      handshakeTimeout: 60_000,
    };
    const socket = new WebSocket(url, AGENT_LINK_SUBPROTOCOL, tls);
    this.#socket = socket;
    socket.on('message', (data) => this.#receive(socket, String(data as Buffer)));
    socket.once('open', () =>
      this.#send({
        type: 'hello',
        protocolVersion: AGENT_PROTOCOL_VERSION,
        serverId: host.serverId,
        previousServerIds: [],
        report: host.report(),
      }),
    );
    return new Promise((resolve, reject) => {
      const ended = (reason: string): void => {
        if (this.#socket !== socket) return;
        if (this.#isLinked) this.#lost(reason);
        else reject(new Error(reason));
      };
      socket.on('error', (error) => ended(error.message));
      socket.on('close', (code, reason) => ended(reason.toString() || `closed with code ${code}`));
      this.#onWelcome = resolve;
    });
  }

  #receive(socket: WebSocket, frame: string): void {
    if (socket !== this.#socket) return;
    const decoded = decodeToAgent(frame);
    if (decoded.kind === 'message') this.#take(socket, decoded.message);
    else socket.close(1002, 'not understood');
  }

  #take(socket: WebSocket, message: ToAgent): void {
    switch (message.type) {
      case 'welcome':
        return this.#welcomed(message);
      case 'refused':
        socket.close(1000, `refused: ${message.reason}`);
        return;
      case 'command':
        return this.#obey(message);
      case 'report-now':
        return this.#report();
      case 'report-accepted':
        return;
    }
  }

  #welcomed({ heartbeatMs }: Welcome): void {
    const { behaviour, events } = this.#options;
    this.#isLinked = true;
    this.#attempt = 0;
    this.#every(heartbeatMs, () => this.#send({ type: 'heartbeat' }));
    if (behaviour.reportMs !== null) this.#every(behaviour.reportMs, () => this.#report());
    events.onLinked();
    this.#onWelcome();
  }

  #obey(message: CommandMessage): void {
    const { behaviour, events, random } = this.#options;
    events.onCommand(message);
    const [least, most] = message.command.kind === 'create-session' ? behaviour.createMs : [0, 0];
    const finish = (): void => {
      const outcome = this.#outcomeOf(message);
      this.#send({ type: 'outcome', commandId: message.commandId, outcome });
      events.onOutcome(message, outcome);
    };
    if (most === 0) finish();
    else this.#later(between(random, least, most), finish);
  }

  #outcomeOf({ command }: CommandMessage): Outcome {
    const { host, behaviour, random } = this.#options;
    const { sessionId } = command;
    const missing = !host.sessions.has(sessionId);
    switch (command.kind) {
      case 'create-session': {
        if (missing && isDue(random, behaviour.failingPart))
          return {
            kind: 'failed',
            reason: 'simulated: DCV could not start the session',
            sessionMissing: true,
          };
        const { name, owner, type } = command;
        const session = host.sessions.get(sessionId) ?? { id: sessionId, name, owner, type, connections: 1 };
        host.sessions.set(sessionId, session);
        return { kind: 'created', session };
      }
      case 'delete-session':
        host.sessions.delete(sessionId);
        return { kind: 'deleted' };
      case 'set-permissions':
        return missing ? NO_SESSION : { kind: 'permissions-set' };
      case 'take-screenshot':
        return { ...NO_SESSION, reason: 'simulated hosts have no picture', sessionMissing: missing };
    }
  }

  #report(): void {
    this.#reports += 1;
    const requestId = this.#reports.toString(16).padStart(32, '0');
    this.#send({ type: 'report', requestId, report: this.#options.host.report() });
  }

  #send(message: ToBroker): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(encodeToBroker(message));
  }

  async #renew(admission: Admission): Promise<void> {
    const { text: token, lifetimeMs } = await admission();
    this.#send({ type: 'renew-token', token });
    this.#later(lifetimeMs * RENEW_AFTER_PART, () => this.#renew(admission));
  }

  #lost(reason: string, awayMs = 0): void {
    const { events, random } = this.#options;
    this.#socket = null;
    this.#forgetTimers();
    if (this.#isStopped) return;
    if (this.#isLinked) events.onLost(reason);
    else if (awayMs === 0) events.onRefused(reason);
    this.#isLinked = false;
    const delayMs = awayMs > 0 ? awayMs : backoffMs(RECONNECT, this.#attempt, random);
    this.#attempt += 1;
    this.#later(delayMs, () => this.link());
  }

  /** The first time at a random moment: a real fleet does not say everything at once. */
  #every(periodMs: number, action: () => void): void {
    const again = (): void => {
      action();
      this.#later(periodMs, again);
    };
    this.#later(between(this.#options.random, 0, periodMs), again);
  }

  #later(ms: number, action: () => void | Promise<void>): void {
    const timer = this.#options.clock.after(ms, async () => {
      this.#timers.delete(timer);
      await action();
    });
    this.#timers.add(timer);
  }

  #forgetTimers(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }
}

const NO_SESSION = { kind: 'failed', reason: 'there is no such session', sessionMissing: true } as const;
