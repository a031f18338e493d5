import type { CommandMessage, Outcome } from '@dcvsm/protocol';
import type { Random } from '@dcvsm/runtime';
import { hostSession, type FakeAgent } from '@dcvsm/testkit';

/** Chance in the terms of the model. */
export class Dice {
  constructor(readonly random: Random) {}

  below(count: number): number {
    return Math.floor(this.random.next() * count);
  }

  isLessThan(part: number): boolean {
    return this.random.next() < part;
  }

  pick<T>(from: readonly T[]): T | undefined {
    return from[this.below(from.length)];
  }
}

/** A fake host whose desktop software is slow, forgetful and sometimes fails. */
export class UnreliableHost {
  /** Creations it is still busy with; it will finish them whatever was decided meanwhile. */
  readonly #late = new Map<string, CommandMessage>();
  /** As every agent it carries a creation out once, and gives the same outcome when the command comes again. */
  readonly #outcomes = new Map<string, Outcome>();
  isReliable = false;

  constructor(
    readonly agent: FakeAgent,
    readonly dice: Dice,
  ) {
    agent.react = (message) =>
      message.command.kind === 'create-session' ? this.#create(message) : this.#obey(message);
  }

  finishLateWork(): void {
    for (const message of this.#late.values()) this.#carryOut(message);
    this.#late.clear();
  }

  /** Its agent forgets what it was told. Creations it was busy with are done or not, but they are not done later. */
  restart(): void {
    if (this.dice.isLessThan(0.5)) this.finishLateWork();
    this.#late.clear();
    this.#outcomes.clear();
  }

  createLocally(id: string): void {
    this.agent.sessions.set(id, hostSession(id, { owner: 'carol' }));
  }

  closeLocally(): void {
    const id = this.dice.pick([...this.agent.sessions.keys()]);
    if (id !== undefined) this.agent.sessions.delete(id);
  }

  #create(message: CommandMessage): Outcome | 'silence' {
    const { commandId } = message;
    if (this.#late.has(commandId)) return 'silence';
    const known = this.#outcomes.get(commandId);
    if (known !== undefined || this.isReliable) return known ?? this.#carryOut(message);
    const luck = this.dice.below(10);
    if (luck === 0) {
      const failed: Outcome = { kind: 'failed', reason: 'no licence', sessionMissing: false };
      this.#outcomes.set(commandId, failed);
      return failed;
    }
    // It did not get the command.
    if (luck === 1) return 'silence';
    if (luck >= 7) {
      this.#late.set(commandId, message);
      return 'silence';
    }
    const outcome = this.#carryOut(message);
    // Done, but the outcome gets lost.
    return luck === 2 ? 'silence' : outcome;
  }

  #carryOut(message: CommandMessage): Outcome {
    const outcome = this.agent.obey(message);
    this.#outcomes.set(message.commandId, outcome);
    return outcome;
  }

  #obey(message: CommandMessage): Outcome | 'silence' {
    const outcome = this.agent.obey(message);
    return !this.isReliable && this.dice.below(10) === 2 ? 'silence' : outcome;
  }
}
