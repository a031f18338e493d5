/** The answer to a request that cannot be granted; its message is printed for the caller as it is. */
export class Refusal extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Refusal';
  }
}
