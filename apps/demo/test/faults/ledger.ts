import type { Session } from '@dcvsm/protocol';
import { Happenings } from '@dcvsm/testkit';

/** A session as a host really has it. */
export interface Held {
  readonly serverId: string;
  readonly sessionId: string;
  readonly name: string;
}

export interface Verdict {
  /** Acknowledged, and neither there nor reported gone with a reason. */
  readonly lost: readonly string[];
  /** More than one live session of one request, or one on two hosts. */
  readonly doubled: readonly string[];
  /** On a host, and the broker does not say that it is there. */
  readonly orphaned: readonly string[];
}

/**
 * What clients were told when they asked for sessions, to be compared with what the broker says afterwards and with what
 * the hosts have. Each request has a name of its own, so that two sessions of one request show.
 */
export class Ledger {
  readonly #acknowledged = new Map<string, string>();
  readonly #deletions = new Set<string>();
  readonly #acknowledgements = new Happenings<number>();
  readonly #refusals = new Map<string, number>();
  #unanswered = 0;
  #requests = 0;

  /** `prefix`: of the names, so that two ledgers of one fleet do not share any. */
  constructor(readonly prefix = 'request') {}

  /** A name that no request had before. */
  nextName(): string {
    this.#requests += 1;
    return `${this.prefix}-${this.#requests}`;
  }

  acknowledge(sessionId: string, name: string): void {
    this.#acknowledged.set(sessionId, name);
    this.#acknowledgements.add(this.#acknowledged.size);
  }

  /** Resolves at the moment at which more than `count` are acknowledged, which must not be so yet. */
  async holds(count: number): Promise<void> {
    await this.#acknowledgements.next((size) => size > count);
  }

  refuse(reason: string): void {
    this.#refusals.set(reason, (this.#refusals.get(reason) ?? 0) + 1);
  }

  /** No answer came: the request may have been carried out or not. */
  leaveUnanswered(): void {
    this.#unanswered += 1;
  }

  /** From now on the session has to go: it is not lost when it is gone. */
  deletionAsked(sessionId: string): void {
    this.#deletions.add(sessionId);
  }

  get acknowledgedIds(): readonly string[] {
    return [...this.#acknowledged.keys()];
  }

  get refusals(): ReadonlyMap<string, number> {
    return this.#refusals;
  }

  get unanswered(): number {
    return this.#unanswered;
  }

  /** `1,000 requests, 990 acknowledged, 7 refused, 3 unanswered`. */
  toString(): string {
    const refused = [...this.#refusals.values()].reduce((sum, count) => sum + count, 0);
    const parts = [`${this.#requests} requests`, `${this.#acknowledged.size} acknowledged`];
    if (refused > 0) parts.push(`${refused} refused`);
    if (this.#unanswered > 0) parts.push(`${this.#unanswered} unanswered`);
    return parts.join(', ');
  }

  /** To be asked at rest: what is still CREATING is neither there nor gone, and counts as lost. */
  judge(told: readonly Session[], held: readonly Held[]): Verdict {
    const records = new Map(told.map((session) => [session.Id, session]));
    const places = placesOf(held);
    const lost = this.acknowledgedIds.flatMap((id) => {
      const problem = this.#lossOf(id, records.get(id), places.get(id) ?? []);
      return problem === null ? [] : [`${id}: ${problem}`];
    });
    const orphaned = held.flatMap((one) => {
      const record = records.get(one.sessionId);
      return isTold(record, one.serverId) ? [] : [`${one.sessionId} on ${one.serverId}: ${inWords(record)}`];
    });
    return { lost, doubled: doubles(held), orphaned };
  }

  #lossOf(id: string, record: Session | undefined, places: readonly string[]): string | null {
    if (this.#deletions.has(id) && (record === undefined || record.State === 'DELETED')) return null;
    if (record === undefined) return 'the broker does not know it';
    if (record.State === 'DELETED') return record.StateReason ? null : 'gone without a reason';
    if (record.State !== 'READY' && record.State !== 'UNKNOWN') return `still ${record.State}`;
    const serverId = record.Server?.Id ?? 'nowhere';
    return places.includes(serverId)
      ? null
      : `said to be ${record.State} on ${serverId}, which does not have it`;
  }
}

function placesOf(held: readonly Held[]): ReadonlyMap<string, readonly string[]> {
  const places = new Map<string, string[]>();
  for (const { sessionId, serverId } of held) {
    places.set(sessionId, [...(places.get(sessionId) ?? []), serverId]);
  }
  return places;
}

function doubles(held: readonly Held[]): string[] {
  const seen = new Map<string, Held>();
  return held.flatMap((one) => {
    const before = seen.get(one.name);
    seen.set(one.name, one);
    if (before === undefined) return [];
    return [`${one.name}: ${before.sessionId} on ${before.serverId}, ${one.sessionId} on ${one.serverId}`];
  });
}

function isTold(record: Session | undefined, serverId: string): boolean {
  const isThere = record?.State === 'READY' || record?.State === 'UNKNOWN';
  return isThere && record.Server?.Id === serverId;
}

function inWords(record: Session | undefined): string {
  return record === undefined
    ? 'unknown to the broker'
    : `${record.State} on ${record.Server?.Id ?? 'no server'} to the broker (${record.StateReason ?? 'no reason'})`;
}
