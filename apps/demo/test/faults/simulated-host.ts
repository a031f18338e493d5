import type { SecureContext } from 'node:tls';
import {
  AGENT_PROTOCOL_VERSION,
  type CommandMessage,
  type Hello,
  type HostSession,
  type Outcome,
  type Report,
  type ToBroker,
} from '@dcvsm/protocol';
import { backoffMs, systemClock, systemIds, systemRandom, type Timer } from '@dcvsm/runtime';
import { hostFacts, hostLoad } from '@dcvsm/testkit';
import type { Held } from './ledger.js';
import { asItCame, type Mishap } from './mishaps.js';
import { SimulatedLink } from './simulated-link.js';

/** How its agent and its DCV server behave; may be changed at any time. */
export interface Behaviour {
  /** How long DCV takes to create a session. */
  createMs: () => number;
  /** An agent keeps to the deadline of a command: what is not ready in time is closed again. */
  keepsDeadlines: boolean;
  answersScreenshots: boolean;
  /** What happens to messages on their way, each way. */
  mishap: Mishap;
  /** Whether the agent dies when it gets a command to create: before DCV hears of it, or after. */
  diesOfCreation: () => 'no' | 'before' | 'after';
}

export interface HostOptions {
  readonly number: number;
  /** Of the broker, or of a proxy before it. */
  readonly port: number;
  readonly secureContext: SecureContext;
  readonly maxSessions: number;
}

/** The real agent's. */
const RECONNECT = { firstMs: 1000, longestMs: 30_000 };
const SILENT_BEATS = 3;
const clock = systemClock();
const random = systemRandom();
const ids = systemIds();

/**
 * A host in memory whose agent speaks the real protocol and does what the real one does: it links again when the link is
 * lost, carries out each command once, and lists all its sessions in each hello and report.
 */
export class SimulatedHost {
  readonly serverId: string;
  readonly hostname: string;
  /** The truth: what its DCV server has. It survives the agent. */
  readonly sessions = new Map<string, HostSession>();
  readonly behaviour: Behaviour = {
    createMs: () => 0,
    keepsDeadlines: true,
    answersScreenshots: true,
    mishap: asItCame,
    diesOfCreation: () => 'no',
  };
  /** Commands to create that came, also repeated ones. */
  createCommands = 0;
  epoch = 0;
  readonly #options: HostOptions;
  readonly #outcomes = new Map<string, Promise<Outcome | null>>();
  #link: SimulatedLink | null = null;
  /** Rises when the agent is killed, so that what belonged to it ends with it. */
  #life = 0;
  #isRunning = false;

  constructor(options: HostOptions) {
    this.#options = options;
    this.hostname = `desk-${String(options.number).padStart(5, '0')}`;
    this.serverId = Buffer.from(this.hostname).toString('base64');
  }

  get isLinked(): boolean {
    return this.#link?.isOpen ?? false;
  }

  get held(): readonly Held[] {
    const { serverId } = this;
    return [...this.sessions.values()].map(({ id, name }) => ({ serverId, sessionId: id, name }));
  }

  /** Starts the agent; resolves at its first welcome. With `firstDelayMs` it waits as one that was just cut off does. */
  start(firstDelayMs = 0): Promise<void> {
    this.#isRunning = true;
    this.#life += 1;
    return new Promise((resolve) => void this.#run(this.#life, firstDelayMs, resolve));
  }

  /** `kill -9` of the agent: its link is cut by the kernel and its memory is gone. DCV goes on. */
  kill(): void {
    this.#isRunning = false;
    this.#life += 1;
    this.#outcomes.clear();
    this.#link?.cut();
  }

  /** The link is lost, the agent lives. */
  cut(): void {
    this.#link?.cut();
  }

  report(): void {
    this.send({ type: 'report', requestId: ids.uuid().replaceAll('-', ''), report: this.#report() });
  }

  /** The link as it is now, for saying things on it that an agent would not. */
  get link(): SimulatedLink | null {
    return this.#link;
  }

  send(message: ToBroker): void {
    const link = this.#link;
    this.behaviour.mishap.toBroker(message, (passed) => link?.send(passed));
  }

  async #run(life: number, firstDelayMs: number, onWelcome: () => void): Promise<void> {
    await clock.sleep(firstDelayMs);
    for (let attempt = 0; this.#isAlive(life); attempt += 1) {
      try {
        await this.#live(life, onWelcome);
        attempt = 0;
      } catch {
        // Refused or cut on the way: tried again, as the real agent does.
      }
      if (this.#isAlive(life)) await clock.sleep(backoffMs(RECONNECT, attempt, random));
    }
  }

  /** One link, from its beginning to its end. */
  async #live(life: number, onWelcome: () => void): Promise<void> {
    const { port, secureContext } = this.#options;
    const { link, welcome } = await SimulatedLink.open({
      ...{ port, secureContext, hello: () => this.hello() },
      onMessage: (message) => {
        if (message.type !== 'command') return;
        this.behaviour.mishap.toAgent(message, (passed) => void this.#obey(life, passed));
      },
    });
    if (!this.#isAlive(life)) return link.cut();
    this.#link = link;
    this.epoch = welcome.epoch;
    onWelcome();
    let timer: Timer;
    const beat = (): void => {
      if (link.silentForMs > SILENT_BEATS * welcome.heartbeatMs) return link.cut();
      this.behaviour.mishap.toBroker({ type: 'heartbeat' }, () => link.beat());
      timer = clock.after(welcome.heartbeatMs, beat);
    };
    timer = clock.after(random.next() * welcome.heartbeatMs, beat);
    await link.closed;
    timer.cancel();
  }

  hello(): Hello {
    const { serverId } = this;
    const report = this.#report();
    return {
      type: 'hello',
      protocolVersion: AGENT_PROTOCOL_VERSION,
      serverId,
      previousServerIds: [],
      report,
    };
  }

  /** Each command once; a repetition gets the same outcome. */
  async #obey(life: number, message: CommandMessage): Promise<void> {
    if (!this.#isAlive(life)) return;
    const { commandId } = message;
    if (message.command.kind === 'create-session') this.createCommands += 1;
    const known = this.#outcomes.get(commandId);
    const work = known ?? this.#carryOut(message);
    this.#outcomes.set(commandId, work);
    const outcome = await work;
    if (outcome !== null && this.#isAlive(life)) this.send({ type: 'outcome', commandId, outcome });
  }

  /** null: nothing is said. */
  async #carryOut({ command, timeLeftMs }: CommandMessage): Promise<Outcome | null> {
    switch (command.kind) {
      case 'create-session': {
        const death = this.behaviour.diesOfCreation();
        if (death !== 'no') this.kill();
        if (death === 'before') return null;
        const { sessionId: id, name, owner, type } = command;
        const createMs = this.behaviour.createMs();
        if (createMs > 0) await clock.sleep(createMs);
        if (this.behaviour.keepsDeadlines && createMs > timeLeftMs) return tooLate;
        const session = this.sessions.get(id) ?? { id, name, owner, type, connections: 0 };
        this.sessions.set(id, session);
        return { kind: 'created', session };
      }
      case 'delete-session':
        this.sessions.delete(command.sessionId);
        return { kind: 'deleted' };
      case 'set-permissions':
        return { kind: 'permissions-set' };
      case 'take-screenshot':
        return this.behaviour.answersScreenshots ? noPicture : null;
    }
  }

  #report(): Report {
    const { maxSessions } = this.#options;
    const limits = { maxVirtualSessions: maxSessions, maxVirtualSessionsPerUser: maxSessions };
    const facts = hostFacts({ hostname: this.hostname, limits });
    return { facts, load: hostLoad(), dcv: { healthy: true, sessions: [...this.sessions.values()] } };
  }

  #isAlive(life: number): boolean {
    return this.#isRunning && this.#life === life;
  }
}

const tooLate: Outcome = {
  kind: 'failed',
  reason: 'The session was not ready in time',
  sessionMissing: true,
};
const noPicture: Outcome = {
  kind: 'failed',
  reason: 'simulated hosts have no picture',
  sessionMissing: false,
};
