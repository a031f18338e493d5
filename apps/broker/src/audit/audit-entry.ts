/** Who did something: a REST client, an agent, an operator on the broker's host, the gateway, or the broker itself. */
export type AuditActor =
  | { readonly kind: 'client' | 'agent' | 'gateway' | 'unknown'; readonly id: string | null }
  | { readonly kind: 'operator' | 'broker' | 'anybody' };

/**
 * Who did what to which object, and what came of it. Never a secret or a token. Text from outside is cut and made
 * printable by the log.
 */
export interface AuditEntry {
  readonly actor: AuditActor;
  /** In the form `api-client.register`, `createSessions`, `token.issue`, `agent.register`, `agent.link`. */
  readonly action: string;
  /** Ids of what was acted on; empty if there is none. */
  readonly objects: readonly string[];
  readonly outcome: 'success' | 'refused' | 'failed';
  /** Why, for anything but a success. */
  readonly reason?: string;
  /** Address of the caller; absent for what comes through the local socket or from the broker itself. */
  readonly address?: string;
  readonly requestId?: string;
}

/** Takes an entry for the audit log. Never throws and never waits: what cannot be written is the log's own concern. */
export type RecordAudit = (entry: AuditEntry) => void;
