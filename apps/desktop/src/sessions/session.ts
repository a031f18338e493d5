import { rm } from 'node:fs/promises';
import type { Clock } from '@dcvsm/runtime';
import type { Display } from '../display/display.js';
import { allowedFeatures, type Person } from '../permissions/decide.js';
import type { Feature } from '../permissions/features.js';
import type { Permissions } from '../permissions/parse.js';
import { endMarked } from '../processes/marked.js';
import type { Program } from '../processes/program.js';
import type { ConnectionFacts, SessionFacts } from '../wire/answer.js';

export interface SessionParts {
  readonly id: string;
  readonly type: 'console' | 'virtual';
  readonly owner: string;
  readonly user: string;
  readonly createdAtMs: number;
  readonly maxConcurrentClients: number | null;
  readonly display: Display;
  /** The init script; null without one. */
  readonly program: Program | null;
  readonly folder: string;
  readonly mark: string;
}

export interface Changeable {
  readonly name: string;
  readonly permissions: Permissions;
  readonly storageRoot: string;
}

/** A session that exists: its display, what runs on it, and who looks at it. */
export class Session {
  readonly connections = new Map<number, ConnectionFacts>();
  #lastDisconnectedAtMs: number | null = null;
  #closing: Promise<void> | null = null;

  constructor(
    readonly parts: SessionParts,
    public changeable: Changeable,
  ) {}

  get facts(): SessionFacts {
    const { id, type, owner, user, createdAtMs, display } = this.parts;
    const { name, storageRoot } = this.changeable;
    return {
      ...{ id, owner, user, name, type, storageRoot, createdAtMs },
      connections: this.connections.size,
      lastDisconnectedAtMs: this.#lastDisconnectedAtMs,
      xDisplay: display.name,
      xAuthority: display.authority,
      layout: display.layout,
    };
  }

  featuresOf(person: Omit<Person, 'isOwner'>): readonly Feature[] {
    return allowedFeatures(this.changeable.permissions, {
      ...person,
      isOwner: person.username === this.parts.owner,
    });
  }

  disconnect(connectionId: number, nowMs: number): boolean {
    const existed = this.connections.delete(connectionId);
    if (existed) this.#lastDisconnectedAtMs = nowMs;
    return existed;
  }

  /** Ends the init script, the display and whatever they have started, then removes the session's folder. */
  stop(clock: Clock): Promise<void> {
    this.#closing ??= this.#stopNow(clock);
    return this.#closing;
  }

  async #stopNow(clock: Clock): Promise<void> {
    await this.parts.program?.stop(clock);
    await this.parts.display.stop();
    await endMarked(clock, this.parts.mark);
    await rm(this.parts.folder, { recursive: true, force: true });
  }
}
