import { operations, type OperationId } from '@dcvsm/protocol';

export interface JudgedAnswer {
  readonly status: number;
  readonly text: string;
}

/** The shape of every refusal: JSON whose `error` says something printable and not too long. */
const WORDS = /^[^\p{Cc}]{5,2100}$/u;

/** What is wrong with a refusal, or null: it has to be 4xx in the documented shape. */
export function refusalProblem({ status, text }: JudgedAnswer): string | null {
  if (status < 400 || status > 499) return `status ${status}: ${text.slice(0, 200)}`;
  try {
    const { error } = JSON.parse(text) as { error: unknown };
    return typeof error === 'string' && WORDS.test(error) ? null : `an odd "error": ${text.slice(0, 200)}`;
  } catch {
    return `status ${status} without JSON: ${text.slice(0, 200)}`;
  }
}

/** What is wrong with the answer of an operation, or null: a 200 as the contract has it, or a refusal. */
export function answerProblem(id: OperationId, answer: JudgedAnswer): string | null {
  if (answer.status !== 200) return refusalProblem(answer);
  const parsed = operations[id].response.safeParse(JSON.parse(answer.text));
  return parsed.success ? null : `a 200 that is not of the contract: ${parsed.error.message.slice(0, 200)}`;
}

/** The answers of a connection one after the other, with their bodies; what follows the last whole one is left out. */
export function answersIn(conversation: string): JudgedAnswer[] {
  const answers: JudgedAnswer[] = [];
  let rest = Buffer.from(conversation, 'latin1');
  for (;;) {
    const headEnd = rest.indexOf('\r\n\r\n');
    const head = rest.subarray(0, Math.max(headEnd, 0)).toString('latin1');
    const status = /^HTTP\/1\.1 (\d{3})/.exec(head)?.[1];
    if (status === undefined) return answers;
    const bodyEnd = headEnd + 4 + Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
    answers.push({ status: Number(status), text: rest.subarray(headEnd + 4, bodyEnd).toString('utf8') });
    rest = rest.subarray(bodyEnd);
  }
}
