import type { Command, Outcome } from '@dcvsm/protocol';

/** A command on its way to the broker that holds the agent's link. */
export interface CommandRequest {
  readonly serverId: string;
  readonly commandId: string;
  readonly command: Command;
  readonly timeLeftMs: number;
}

/** A picture's data is apart from its outcome, since it travelled apart. */
export interface CommandReply {
  readonly outcome: Outcome;
  /** Base64; empty unless the outcome is a screenshot. */
  readonly pictureData: string;
}

/** Why no outcome came; the command may or may not have been carried out. */
export type Unanswered = 'no-link' | 'link-lost' | 'timed-out';

export type CommandAnswer =
  | { readonly kind: 'outcome'; readonly reply: CommandReply }
  | { readonly kind: 'unanswered'; readonly why: Unanswered };

/** Carries a command over the link and waits for what became of it. */
export type CommandCarrier = (request: CommandRequest) => Promise<CommandAnswer>;

/**
 * Brings commands to whoever holds the agent's link. With one broker that is this process; with several the same
 * calls go over a message system. Never the only copy of anything: a lost command is derived again.
 */
export interface Bus {
  /** Serves commands for a server until the returned function is called. A later carrier replaces an earlier one. */
  serve(serverId: string, carrier: CommandCarrier): () => void;
  request(request: CommandRequest): Promise<CommandAnswer>;
}
