import {
  encodeToAgent,
  MAX_PICTURE_CHARACTERS,
  type Outcome,
  type Report,
  type ToAgent,
  type ToBroker,
} from '@dcvsm/protocol';
import type { Clock, Log, Timer } from '@dcvsm/runtime';
import type { WebSocket } from 'ws';
import type { CommandAnswer, CommandRequest, Unanswered } from '../bus/bus.js';
import { closeCodes } from './handshake.js';
import type { LinkRight } from './link-right.js';

/** A command that waits for its outcome. */
interface Pending {
  readonly answer: Promise<CommandAnswer>;
  readonly settle: (answer: CommandAnswer) => void;
  readonly timer: Timer;
  pictureParts: string[];
  pictureCharacters: number;
}

export interface AgentLinkOptions {
  readonly socket: WebSocket;
  readonly serverId: string;
  readonly epoch: number;
  readonly clock: Clock;
  readonly log: Log;
  /** By what right the agent holds it. */
  readonly right: LinkRight;
  readonly onReport: (report: Report) => Promise<boolean>;
}

/** An agent that does not read what we send is cut off before its backlog costs others their memory. */
const MAX_BACKLOG_BYTES = 8 * 1_048_576;

const POLITE_CLOSE_MS = 1_000;

/** One established link: it has a server and an epoch, and carries commands there and outcomes back. */
export class AgentLink {
  readonly serverId: string;
  readonly epoch: number;
  readonly #options: AgentLinkOptions;
  readonly #pending = new Map<string, Pending>();
  #heardAtMs: number;

  constructor(options: AgentLinkOptions) {
    this.#options = options;
    this.serverId = options.serverId;
    this.epoch = options.epoch;
    this.#heardAtMs = options.clock.monotonicMs();
  }

  /** False as soon as either side has begun to close it. */
  get isOpen(): boolean {
    return this.#options.socket.readyState === this.#options.socket.OPEN;
  }

  /** Time since anything came from the agent. */
  get silentForMs(): number {
    return this.#options.clock.monotonicMs() - this.#heardAtMs;
  }

  get right(): LinkRight {
    return this.#options.right;
  }

  heard(): void {
    this.#heardAtMs = this.#options.clock.monotonicMs();
  }

  /** The same command asked for twice is sent twice (the agent knows it) and answered once. */
  request(request: CommandRequest): Promise<CommandAnswer> {
    const { commandId, command, timeLeftMs } = request;
    const pending = this.#pending.get(commandId) ?? this.#wait(commandId, timeLeftMs);
    this.send({ type: 'command', commandId, timeLeftMs, command });
    return pending.answer;
  }

  send(message: ToAgent): void {
    const { socket, log } = this.#options;
    if (socket.bufferedAmount > MAX_BACKLOG_BYTES) {
      log.warn({ serverId: this.serverId }, 'the agent does not read; its link is cut');
      socket.terminate();
      return;
    }
    socket.send(encodeToAgent(message));
  }

  /** Takes a message of the established link; `hello` is none. */
  async receive(message: Exclude<ToBroker, { type: 'hello' }>): Promise<void> {
    switch (message.type) {
      case 'heartbeat':
        return;
      case 'report': {
        const report = this.right.claimable(this.serverId, message.report);
        const accepted = await this.#options.onReport(report);
        if (accepted) this.send({ type: 'report-accepted', requestId: message.requestId });
        // The server has a newer link or was forgotten: its agent has to say hello again.
        else this.close(closeCodes.replaced, 'no longer the link of its server');
        return;
      }
      case 'picture-part':
        this.#takePicturePart(message.commandId, message.data);
        return;
      case 'outcome':
        this.#takeOutcome(message.commandId, message.outcome);
        return;
      case 'renew-token':
        this.endUnlessRightful(this.right.renew(message.token));
        return;
    }
  }

  /** Closes the link, with words, when its agent has lost the right to it or could not renew it. */
  endUnlessRightful(problem = this.right.problem()): void {
    if (problem === null || !this.isOpen) return;
    const { log } = this.#options;
    const { serverId } = this;
    log.warn(
      { serverId, clientId: this.right.clientId, reason: problem },
      'cut the link of an agent without a right to it',
    );
    this.close(closeCodes.unauthorized, problem);
    // One that does not close its side is not waited for.
    this.#options.clock.after(POLITE_CLOSE_MS, () => this.cut());
  }

  ping(): void {
    this.#options.socket.ping();
  }

  /** Closes with a code that tells the agent why. */
  close(code: number, reason: string): void {
    this.#options.socket.close(code, reason);
  }

  /** Ends the link now, without waiting for the other side. */
  cut(): void {
    this.#options.socket.terminate();
  }

  /** The socket is gone: nobody will answer any more. */
  end(why: Unanswered): void {
    for (const commandId of [...this.#pending.keys()]) {
      this.#settle(commandId, { kind: 'unanswered', why });
    }
  }

  #wait(commandId: string, timeLeftMs: number): Pending {
    let settle: (answer: CommandAnswer) => void = () => undefined;
    const answer = new Promise<CommandAnswer>((resolve) => {
      settle = resolve;
    });
    const timer = this.#options.clock.after(timeLeftMs, () =>
      this.#settle(commandId, { kind: 'unanswered', why: 'timed-out' }),
    );
    const pending: Pending = { answer, settle, timer, pictureParts: [], pictureCharacters: 0 };
    this.#pending.set(commandId, pending);
    return pending;
  }

  #takePicturePart(commandId: string, data: string): void {
    const pending = this.#pending.get(commandId);
    if (pending === undefined) return;
    pending.pictureCharacters += data.length;
    if (pending.pictureCharacters <= MAX_PICTURE_CHARACTERS) pending.pictureParts.push(data);
    else this.#fail(commandId, 'the picture is too large');
  }

  #takeOutcome(commandId: string, outcome: Outcome): void {
    const pending = this.#pending.get(commandId);
    if (pending === undefined) {
      const { log } = this.#options;
      log.debug({ serverId: this.serverId, commandId, outcome: outcome.kind }, 'an outcome nobody waits for');
      return;
    }
    if (outcome.kind === 'screenshot' && outcome.picture.parts !== pending.pictureParts.length) {
      return this.#fail(commandId, 'the picture arrived incomplete');
    }
    const reply = { outcome, pictureData: pending.pictureParts.join('') };
    this.#settle(commandId, { kind: 'outcome', reply });
  }

  #fail(commandId: string, reason: string): void {
    const outcome: Outcome = { kind: 'failed', reason, sessionMissing: false };
    this.#settle(commandId, { kind: 'outcome', reply: { outcome, pictureData: '' } });
  }

  #settle(commandId: string, answer: CommandAnswer): void {
    const pending = this.#pending.get(commandId);
    if (pending === undefined) return;
    this.#pending.delete(commandId);
    pending.timer.cancel();
    pending.settle(answer);
  }
}
