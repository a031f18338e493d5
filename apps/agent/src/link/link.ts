import {
  AGENT_PROTOCOL_VERSION,
  type CommandMessage,
  type Decoded,
  type Hello,
  type ToAgent,
  type Welcome,
} from '@dcvsm/protocol';
import {
  backoffMs,
  startLoop,
  withDeadline,
  type BackoffPolicy,
  type Clock,
  type Log,
  type Loop,
  type Random,
} from '@dcvsm/runtime';
import type { AgentConfig } from '../config/agent-config.js';
import type { Admission } from '../registration/membership.js';
import { NotAdmitted } from '../registration/not-admitted.js';
import { connectRemedy } from './connect-problem.js';
import type { Connection, OpenConnection } from './connection.js';
import { Liveness } from './liveness.js';
import { UpgradeRefused } from './upgrade-refused.js';

export type HelloContent = Omit<Hello, 'type' | 'protocolVersion'>;

export interface LinkOptions {
  readonly broker: AgentConfig['broker'];
  readonly membership: Admission;
  readonly openConnection: OpenConnection;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly reconnect: BackoffPolicy;
  /** Resolves when there is something to say to the broker; called before each attempt to reach it. */
  readonly ready: () => Promise<void>;
  /** Makes the hello; called for each connection, right before it is said. */
  readonly hello: () => Promise<HelloContent>;
  readonly onWelcome: (welcome: Welcome, hello: HelloContent) => void;
  readonly onCommand: (message: CommandMessage) => void;
  readonly onReportAccepted: (requestId: string) => void;
  readonly onReportNow: () => void;
}

const WELCOME_MS = 30_000;
/** A link that lasted this long was a good one: the next attempt after it is a first one again. */
const LASTING_MS = 10_000;

/** Keeps one link to the broker: connects, says hello, beats, and begins anew whenever the link is lost. */
export class Link {
  readonly #options: LinkOptions;
  readonly #stopping = new AbortController();
  #established: Connection | null = null;
  #running: Promise<void> | null = null;
  /** As the broker asked for it at the last attempt. */
  #patienceMs = 0;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** The link if it is established: the broker has said welcome and the socket is open. */
  get established(): Connection | null {
    return this.#established?.isOpen ? this.#established : null;
  }

  /** Gives the present link up, so that the next one says hello anew. */
  reconnect(reason: string): void {
    this.#options.log.info({ reason }, 'the link is begun anew');
    this.#established?.close(reason, this.#options.clock);
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the agent stops'));
    await this.#running;
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #run(): Promise<void> {
    const { clock, random, log, reconnect } = this.#options;
    let attempt = 0;
    while (!this.#stopped) {
      const startedMs = clock.monotonicMs();
      const wasEstablished = await this.#connectOnce();
      if (this.#stopped) return;
      const lasted = wasEstablished && clock.monotonicMs() - startedMs >= LASTING_MS;
      attempt = lasted ? 0 : attempt + 1;
      const delayMs = Math.max(this.#patienceMs, backoffMs(reconnect, Math.max(0, attempt - 1), random));
      log.info({ delayMs, attempt }, 'connecting to the broker again soon');
      await clock.sleep(delayMs, this.#stopping.signal).catch(() => undefined);
    }
  }

  /** One connection from its beginning to its end. Never rejects. */
  async #connectOnce(): Promise<boolean> {
    const session = new Handshake(this.#options);
    try {
      await this.#options.ready();
      const connection = await this.#open(session);
      const close = (): void => connection.close('the agent stops', this.#options.clock);
      this.#stopping.signal.addEventListener('abort', close, { once: true });
      try {
        return await this.#live(connection, session);
      } finally {
        this.#stopping.signal.removeEventListener('abort', close);
        connection.terminate();
      }
    } catch (cause) {
      if (!this.#stopped) this.#tellWhyNot(cause, 'no link to the broker');
      return false;
    }
  }

  async #open(session: Handshake): Promise<Connection> {
    const { broker, membership, openConnection } = this.#options;
    this.#patienceMs = 0;
    const token = await membership.token();
    try {
      return await openConnection({ broker, token, signal: this.#stopping.signal }, session);
    } catch (cause) {
      if (!(cause instanceof UpgradeRefused)) throw cause;
      if (cause.status === 401) throw membership.refused(cause.message, cause.retryAfterMs);
      this.#patienceMs = cause.retryAfterMs;
      throw cause;
    }
  }

  #tellWhyNot(cause: unknown, what: string): void {
    const { broker, log } = this.#options;
    if (cause instanceof NotAdmitted) {
      this.#patienceMs = cause.retryAfterMs;
      log.warn({ broker: broker.host, reason: cause.message, remedy: cause.remedy }, what);
    } else {
      log.warn({ err: cause, broker: broker.host, remedy: connectRemedy(cause) }, what);
    }
  }

  async #live(connection: Connection, session: Handshake): Promise<boolean> {
    const { clock, log, onWelcome } = this.#options;
    const hello = await this.#options.hello();
    connection.send({ type: 'hello', protocolVersion: AGENT_PROTOCOL_VERSION, ...hello });
    const lost = connection.closed.then((reason) => Promise.reject(new Error(reason)));
    const welcome = await withDeadline(
      clock,
      'the broker',
      WELCOME_MS,
      Promise.race([session.welcome, lost]),
    );
    log.info(
      { epoch: welcome.epoch, heartbeatMs: welcome.heartbeatMs, serverId: hello.serverId },
      'linked to the broker',
    );
    const liveness = new Liveness(clock, welcome.heartbeatMs);
    session.liveness = liveness;
    this.#established = connection;
    const beats = startLoop(clock, log, {
      name: 'heartbeat',
      periodMs: welcome.heartbeatMs,
      body: () => this.#beat(connection, liveness),
    });
    const renewals = this.#keepTokenFresh(connection);
    onWelcome(welcome, hello);
    const reason = await connection.closed;
    this.#established = null;
    await Promise.all([beats.stop(), renewals?.stop()]);
    if (!this.#stopped) log.warn({ reason }, 'the link to the broker is lost');
    return true;
  }

  /** Shows the broker a newer token before the one that it knows ends; it would end the link then. */
  #keepTokenFresh(connection: Connection): Loop | null {
    const { clock, log, membership } = this.#options;
    const periodMs = membership.renewalPeriodMs;
    if (periodMs === null) return null;
    const body = async (): Promise<void> => {
      try {
        const token = await membership.renewed();
        if (token !== null) connection.send({ type: 'renew-token', token });
      } catch (cause) {
        if (!this.#stopped) this.#tellWhyNot(cause, 'the access token could not be renewed; trying again');
      }
    };
    return startLoop(clock, log, { name: 'renewToken', periodMs, body });
  }

  #beat(connection: Connection, liveness: Liveness): Promise<void> {
    const vital = liveness.look();
    if (vital === 'alive') {
      connection.send({ type: 'heartbeat' });
      connection.ping();
    } else {
      const why = vital === 'silent' ? 'the broker has been silent too long' : 'this machine was asleep';
      this.#options.log.warn(why);
      connection.terminate();
    }
    return Promise.resolve();
  }
}

/** Listens on one connection: before the welcome only for that, afterwards for everything. */
class Handshake {
  readonly #options: LinkOptions;
  readonly welcome: Promise<Welcome>;
  liveness: Liveness | null = null;
  #settle!: { readonly accept: (welcome: Welcome) => void; readonly refuse: (cause: Error) => void };

  constructor(options: LinkOptions) {
    this.#options = options;
    this.welcome = new Promise((accept, refuse) => {
      this.#settle = { accept, refuse };
    });
    this.welcome.catch(() => undefined);
  }

  readonly onHeard = (): void => this.liveness?.heard();

  readonly onMessage = (decoded: Decoded<ToAgent>): void => {
    const { log } = this.#options;
    if (decoded.kind === 'unknown-type') {
      log.info({ type: decoded.type }, 'the broker said something that this version does not know; skipped');
    } else if (decoded.kind === 'malformed') {
      log.warn({ problem: decoded.problem }, 'the broker sent a message that cannot be read; skipped');
    } else {
      this.#dispatch(decoded.message);
    }
  };

  #dispatch(message: ToAgent): void {
    switch (message.type) {
      case 'welcome':
        return this.#settle.accept(message);
      case 'refused':
        return this.#settle.refuse(new Error(`the broker refused this agent: ${message.reason}`));
      case 'command':
        return this.#options.onCommand(message);
      case 'report-accepted':
        return this.#options.onReportAccepted(message.requestId);
      case 'report-now':
        return this.#options.onReportNow();
    }
  }
}
