/** Why a request brought no answer; it may or may not have been heard. */
export type NoAnswer = 'nobody-serves' | 'timed-out' | 'disconnected';

export type ExchangeAnswer =
  | { readonly kind: 'answer'; readonly payload: Uint8Array }
  | { readonly kind: 'no-answer'; readonly why: NoAnswer };

/**
 * Carries messages between the brokers of one cluster. Never the only copy of anything: messages may get lost, and those of
 * different senders overtake each other. Each sentence with "must" is the title of a test that every implementation passes.
 *
 * Messages of one sender on one subject must arrive in order, whole, and at most once. Payloads of several megabytes must
 * arrive as they were when they were given. Subjects that differ must not be mixed up, whatever their characters.
 */
export interface Exchange {
  /** Must reach all subscribers in all brokers, the sender's own included. Must be dropped while there is no connection. */
  publish(subject: string, payload: Uint8Array): void;

  /** Must hear nothing once the returned function was called. A listener that throws must not harm the others. */
  subscribe(subject: string, onMessage: (payload: Uint8Array) => void): () => void;

  /**
   * Asks all who serve the subject, in whichever broker; the first answer must be the one that counts. Must tell at once when
   * nobody serves the subject. Must give up when the time is over. Must give up when there is no connection, or it is lost.
   * Never rejects.
   */
  request(subject: string, payload: Uint8Array, timeoutMs: number): Promise<ExchangeAnswer>;

  /**
   * Must not be asked once the returned function was called. A handler that rejects must leave the asker without its answer.
   */
  serve(subject: string, handler: (payload: Uint8Array) => Promise<Uint8Array>): () => void;

  /**
   * After it, nobody's later messages must be missed by the subscriptions and services that were made before. False when the
   * connection was lost, or there is none.
   */
  flush(): Promise<boolean>;

  readonly isConnected: boolean;
  /** Must be called after each loss and each return of the connection. Messages in between were lost. */
  onConnectionChange(listener: (isConnected: boolean) => void): () => void;

  /** Must carry what was published before, and then leave its own requests without answers and hear nothing. */
  close(): Promise<void>;
}
