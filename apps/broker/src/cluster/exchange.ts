/** Why a request brought no answer; it may or may not have been heard. */
export type NoAnswer = 'nobody-serves' | 'timed-out' | 'disconnected';

export type ExchangeAnswer =
  | { readonly kind: 'answer'; readonly payload: Uint8Array }
  | { readonly kind: 'no-answer'; readonly why: NoAnswer };

/**
 * Carries messages between the brokers of one cluster. Messages may get lost, and those of different senders overtake
 * each other; those of one sender on one subject arrive in order, whole, at most once. Never the only copy of anything.
 * Payloads may be larger than what the message system takes at once. A subject is a word, of any characters.
 */
export interface Exchange {
  /** For all subscribers in all brokers, the sender's own included. Dropped while there is no connection. */
  publish(subject: string, payload: Uint8Array): void;
  subscribe(subject: string, onMessage: (payload: Uint8Array) => void): () => void;

  /** Asks whoever serves the subject. Never rejects. */
  request(subject: string, payload: Uint8Array, timeoutMs: number): Promise<ExchangeAnswer>;
  /** Answers requests until the returned function is called. A handler that rejects leaves the asker without an answer. */
  serve(subject: string, handler: (payload: Uint8Array) => Promise<Uint8Array>): () => void;

  readonly isConnected: boolean;
  /** Called after each loss and return of the connection; messages in between were lost. */
  onConnectionChange(listener: (isConnected: boolean) => void): () => void;

  close(): Promise<void>;
}
