type Stop = () => void | Promise<void>;

/**
 * What runs and has to be stopped, in the order in which it was started. A start that fails half-way stops what it had
 * started, so that no port and no file stays taken.
 */
export class Running {
  readonly #stops: Stop[] = [];

  started(stop: Stop): void {
    this.#stops.push(stop);
  }

  /** Stops the last first. What cannot be stopped does not keep the others running. @rejects AggregateError */
  async stop(): Promise<void> {
    const errors: unknown[] = [];
    for (let stop = this.#stops.pop(); stop !== undefined; stop = this.#stops.pop()) {
      try {
        await stop();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, 'not everything could be stopped in order');
  }
}
