import type { Command, CommandMessage, HostSession, Outcome } from '@dcvsm/protocol';
import { KeyedQueue, type Clock, type Log } from '@dcvsm/runtime';
import type { Dcv } from '../dcv/dcv.js';
import type { PictureData } from '../dcv/parse-screenshot.js';
import { oneLine } from '../dcv/run-dcv.js';
import { Abandoned } from './abandoned.js';
import { StepFailed, type ExecutorContext } from './executors.js';
import { Inbox } from './inbox.js';
import { observe, type HostPlaces } from './observe.js';
import { Places } from './places.js';
import { plan, planUndoCreate } from './plan.js';
import { runStep } from './run-step.js';
import type { SessionChanges } from './session-changes.js';
import type { SessionFiles } from './session-files.js';

/** Where answers to commands go. */
export interface Replies {
  sendOutcome(commandId: string, outcome: Outcome): void;
  /** Resolves to the number of parts; rejects if the link is lost before the last one is out. */
  sendPicture(commandId: string, picture: PictureData): Promise<number>;
}

export interface WorkerOptions {
  readonly dcv: Dcv;
  readonly clock: Clock;
  readonly log: Log;
  readonly places: HostPlaces;
  readonly files: SessionFiles;
  readonly maxConcurrentCreations: number;
  readonly changes: SessionChanges;
  /** Called after sessions changed, when a report is due at once. */
  readonly onChanged: () => void;
}

const REMEMBERED_OUTCOMES = 4096;

/** Carries out the broker's commands: each once, one at a time for a session, none begun after its deadline. */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #inbox = new Inbox(REMEMBERED_OUTCOMES);
  readonly #queue = new KeyedQueue();
  readonly #creations: Places;
  readonly #abandoned: Abandoned;
  readonly #busy = new Map<string, number>();

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#creations = new Places(options.maxConcurrentCreations);
    this.#abandoned = new Abandoned(options.clock);
  }

  accept(message: CommandMessage, replies: Replies): void {
    const { commandId, command } = message;
    const deadlineMs = this.#options.clock.monotonicMs() + message.timeLeftMs;
    const arrival = this.#inbox.arrive(commandId);
    this.#options.log.info(
      { commandId, kind: command.kind, sessionId: command.sessionId, arrival: arrival.kind },
      'command',
    );
    if (arrival.kind === 'finished') replies.sendOutcome(commandId, arrival.outcome);
    if (arrival.kind !== 'new') return;
    void this.#exclusively(command.sessionId, () => this.#carryOut(commandId, command, deadlineMs, replies));
  }

  /** Sessions with work waiting or running. */
  get busySessions(): readonly string[] {
    return [...this.#busy.keys()];
  }

  /** Closes what appeared although its creation had been given up. */
  closeAbandoned(sessions: readonly HostSession[]): void {
    for (const sessionId of this.#abandoned.among(sessions)) {
      this.#abandoned.forget(sessionId);
      this.#options.log.warn({ sessionId }, 'a session appeared after its creation was given up; closing it');
      void this.#exclusively(sessionId, async () => {
        await this.#undoCreate(sessionId);
        this.#changed();
      });
    }
  }

  async idle(): Promise<void> {
    await this.#queue.idle();
  }

  async #exclusively(sessionId: string, work: () => Promise<void>): Promise<void> {
    this.#busy.set(sessionId, (this.#busy.get(sessionId) ?? 0) + 1);
    try {
      await this.#queue.run(sessionId, work);
    } catch (cause) {
      this.#options.log.error({ err: cause, sessionId }, 'work on a session failed unexpectedly');
    } finally {
      const left = (this.#busy.get(sessionId) ?? 1) - 1;
      if (left > 0) this.#busy.set(sessionId, left);
      else this.#busy.delete(sessionId);
    }
  }

  async #carryOut(commandId: string, command: Command, deadlineMs: number, replies: Replies): Promise<void> {
    const context = this.#context((picture) => replies.sendPicture(commandId, picture));
    const perform = (): Promise<Outcome> =>
      command.kind === 'create-session'
        ? this.#creations.run(() => this.#create(command, deadlineMs, context))
        : this.#perform(command, deadlineMs, context);
    const outcome = await perform().catch((cause: unknown) => this.#failure(command, cause));
    const changesSessions = command.kind === 'create-session' || command.kind === 'delete-session';
    this.#inbox.finish(commandId, outcome);
    // Counted before the outcome leaves: a listing from before this moment must not be sent after it.
    if (changesSessions) this.#options.changes.happened();
    replies.sendOutcome(commandId, outcome);
    const reason = outcome.kind === 'failed' ? { reason: outcome.reason } : {};
    this.#options.log.info(
      { commandId, sessionId: command.sessionId, outcome: outcome.kind, ...reason },
      'outcome',
    );
    if (changesSessions) this.#options.onChanged();
  }

  /** As `perform`, but whatever a failed or late creation began is taken back. */
  async #create(command: Command, deadlineMs: number, context: ExecutorContext): Promise<Outcome> {
    this.#abandoned.forget(command.sessionId);
    try {
      return await this.#perform(command, deadlineMs, context);
    } catch (cause) {
      const failure = this.#failure(command, cause);
      const gone = await this.#undoCreate(command.sessionId);
      if (cause instanceof StepFailed && cause.stopped) this.#abandoned.add(command.sessionId);
      return { ...failure, sessionMissing: gone };
    }
  }

  async #perform(command: Command, deadlineMs: number, context: ExecutorContext): Promise<Outcome> {
    const inTime = (): boolean => this.#options.clock.monotonicMs() < deadlineMs;
    if (!inTime()) {
      return {
        kind: 'failed',
        reason: 'The time for it was over before it could begin',
        sessionMissing: false,
      };
    }
    const situation = await observe(command, this.#options.dcv, this.#options.places);
    if (situation.kind === 'failed') {
      return { kind: 'failed', reason: situation.reason, sessionMissing: false };
    }
    for (const step of plan(command, situation.value)) {
      if (command.kind === 'create-session' && step.kind !== 'answer' && !inTime()) throw tooLate();
      const outcome = await runStep(step, context);
      if (outcome === null) continue;
      if (step.kind === 'dcv-describe' && !inTime()) throw tooLate();
      return outcome;
    }
    throw new StepFailed('the plan ended without an answer');
  }

  /** Whether the session is certainly not there afterwards. */
  async #undoCreate(sessionId: string): Promise<boolean> {
    const { dcv, log } = this.#options;
    const list = await dcv.listSessions();
    const sessions = list.kind === 'ok' ? list.value : [];
    try {
      const context = this.#context(() => Promise.reject(new StepFailed('no picture is due here')));
      for (const step of planUndoCreate(sessionId, sessions)) await runStep(step, context);
    } catch (cause) {
      log.error({ err: cause, sessionId }, 'what a failed creation left behind could not be removed');
      this.#abandoned.add(sessionId);
      return false;
    }
    if (list.kind === 'failed') this.#abandoned.add(sessionId);
    return list.kind === 'ok';
  }

  #failure(command: Command, cause: unknown): Outcome & { readonly kind: 'failed' } {
    if (cause instanceof StepFailed) return { kind: 'failed', reason: cause.reason, sessionMissing: false };
    this.#options.log.error({ err: cause, sessionId: command.sessionId }, 'a command failed unexpectedly');
    const words = oneLine(cause instanceof Error ? cause.message : String(cause));
    return { kind: 'failed', reason: `The agent could not do it: ${words}`, sessionMissing: false };
  }

  #context(sendPicture: ExecutorContext['sendPicture']): ExecutorContext {
    const { dcv, clock, files } = this.#options;
    return { dcv, clock, files, sendPicture };
  }

  #changed(): void {
    this.#options.changes.happened();
    this.#options.onChanged();
  }
}

function tooLate(): StepFailed {
  return new StepFailed('The session was not ready in time');
}
