/**
 * Starts work that has a subject in common in the order of the calls, one after the other, and other work side by side.
 */
export class OrderedWork {
  readonly #last = new Map<string, Promise<unknown>>();
  readonly #running = new Set<Promise<unknown>>();

  /** Resolves or rejects as `work` does. Work on `everything` waits for all that was asked before. */
  run<T>(subjects: readonly string[] | 'everything', work: () => Promise<T>): Promise<T> {
    const result = this.#before(subjects).then(work);
    const ended = result.then(ignore, ignore);
    this.#running.add(ended);
    const names = subjects === 'everything' ? [] : subjects;
    for (const name of names) this.#last.set(name, ended);
    void ended.then(() => {
      this.#running.delete(ended);
      for (const name of names) if (this.#last.get(name) === ended) this.#last.delete(name);
    });
    return result;
  }

  /** Resolves when all that was asked before has ended. */
  async idle(): Promise<void> {
    await Promise.all(this.#running);
  }

  async #before(subjects: readonly string[] | 'everything'): Promise<void> {
    if (subjects === 'everything') await this.idle();
    else await Promise.all(subjects.map((name) => this.#last.get(name)));
  }
}

const ignore = (): void => undefined;
