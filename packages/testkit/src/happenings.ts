interface Waiter<Event> {
  readonly fits: (event: Event) => boolean;
  readonly resolve: (event: Event) => void;
}

/** Lets a test wait for an event instead of sleeping until it has probably come. */
export class Happenings<Event> {
  readonly #waiters = new Set<Waiter<Event>>();

  add(event: Event): void {
    for (const waiter of [...this.#waiters]) {
      if (!waiter.fits(event)) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(event);
    }
  }

  /** Resolves with the first event from now on that fits. */
  next(fits: (event: Event) => boolean): Promise<Event> {
    return new Promise((resolve) => this.#waiters.add({ fits, resolve }));
  }
}
