/** NATS gives meaning to dots, stars, `>` and spaces; what is left as it is needs no thought. */
const PLAIN = /[^A-Za-z0-9_-]/gu;

/** One token of a NATS subject, different for texts that differ. */
export function subjectToken(text: string): string {
  if (text === '') return '=';
  return text.replace(PLAIN, (character) => `=${character.codePointAt(0)!.toString(16)}=`);
}

/** The subjects of one cluster. */
export class NatsSubjects {
  readonly #prefix: string;

  constructor(cluster: string) {
    this.#prefix = `dcvsm.${subjectToken(cluster)}`;
  }

  message(subject: string): string {
    return `${this.#prefix}.m.${subjectToken(subject)}`;
  }

  request(subject: string): string {
    return `${this.#prefix}.q.${subjectToken(subject)}`;
  }

  /** To which answers for one broker come, the number of the request in place of the star. */
  answer(broker: string, request: number | '*'): string {
    return `${this.#prefix}.a.${broker}.${request}`;
  }
}
