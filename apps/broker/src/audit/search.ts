import type { AuditLine } from './audit-line.js';

/** What to look for; everything that is given has to fit. */
export interface AuditQuery {
  /** A whole action or the beginning of one: `api-client` finds `api-client.register`. */
  readonly action?: string | undefined;
  /** Id or kind of who did it. */
  readonly actor?: string | undefined;
  /** Id of what was acted on. */
  readonly object?: string | undefined;
  readonly outcome?: AuditLine['outcome'] | undefined;
  readonly requestId?: string | undefined;
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
}

export function fits(line: AuditLine, query: AuditQuery): boolean {
  const { action, actor, object, outcome, requestId, sinceMs, untilMs } = query;
  const atMs = Date.parse(line.at);
  return (
    (action === undefined || line.action === action || line.action.startsWith(`${action}.`)) &&
    (actor === undefined || line.actor.id === actor || line.actor.kind === actor) &&
    (object === undefined || line.objects.includes(object)) &&
    (outcome === undefined || line.outcome === outcome) &&
    (requestId === undefined || line.requestId === requestId) &&
    (sinceMs === undefined || atMs >= sinceMs) &&
    (untilMs === undefined || atMs <= untilMs)
  );
}
