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
  readonly #late: CommandMessage[] = [];
  isReliable = false;

  constructor(
    readonly agent: FakeAgent,
    readonly dice: Dice,
  ) {
    agent.react = (message) => this.#react(message);
  }

  finishLateWork(): void {
    for (const message of this.#late.splice(0)) this.agent.obey(message);
  }

  createLocally(id: string): void {
    this.agent.sessions.set(id, hostSession(id, { owner: 'carol' }));
  }

  closeLocally(): void {
    const id = this.dice.pick([...this.agent.sessions.keys()]);
    if (id !== undefined) this.agent.sessions.delete(id);
  }

  #react(message: CommandMessage): Outcome | 'silence' {
    if (this.isReliable) return this.agent.obey(message);
    const luck = this.dice.below(10);
    if (message.command.kind === 'create-session') {
      if (luck === 0) return { kind: 'failed', reason: 'no licence', sessionMissing: false };
      if (luck === 1) return 'silence';
      if (luck === 2) {
        this.#late.push(message);
        return 'silence';
      }
    }
    const outcome = this.agent.obey(message);
    // Done, but the outcome gets lost.
    return luck === 3 ? 'silence' : outcome;
  }
}
