/** The broker does not let this agent in, or the agent has nothing to show; the message and the remedy are for operators. */
export class NotAdmitted extends Error {
  constructor(
    message: string,
    readonly remedy: string,
    /** Trying again before that is useless. */
    readonly retryAfterMs = 0,
  ) {
    super(message);
    this.name = 'NotAdmitted';
  }
}
