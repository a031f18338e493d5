import { operationIds, operations, type OperationId } from '@dcvsm/protocol';
import fc from 'fast-check';
import { damagedBytes, mutated, validRequest } from '../../../../broker/test/bad-input/malformed-requests.js';
import { atMost, howMany, none, Tally, type Abuse, type Form } from '../abuse-case.js';
import { BrokerProcess, type Outgoing, type TimedAnswer } from '../broker-process.js';
import { answerProblem, answersIn, refusalProblem } from '../judge-answer.js';
import { pool } from '../pool.js';

const HANG_MS = 1000;
const AT_ONCE = 8;

/** A request, and how to tell whether its answer is as documented. */
interface Attempt {
  readonly path: string;
  readonly outgoing: Outgoing;
  readonly judge: (answer: TimedAnswer) => string | null;
}

export const abuse: Abuse = async (form) => {
  await using broker = await BrokerProcess.start();
  await broker.agent('s1');
  const attack = new Attack(broker);
  const each = howMany(form, 10_000, 60);
  for (const id of operationIds) await attack.run(attempts(id, each, form), (one) => attack.send(one));
  await attack.run(tokenRequests(each, form), (one) => attack.send(one));
  await attack.run(rawRequests(each, form), (bytes) => attack.raw(bytes));
  const { tried, statuses, wrong, slowestMs } = attack;
  return [
    none('answers other than a documented 200 or 4xx', tried, wrong, statuses.toString()),
    atMost('longest time to an answer', { inputs: tried, value: slowestMs, limit: HANG_MS, unit: 'ms' }),
    none('harm to the broker afterwards', tried, await broker.harm(), 'makes sessions, logged no error'),
  ];
};

class Attack {
  readonly statuses = new Tally();
  readonly wrong: string[] = [];
  tried = 0;
  slowestMs = 0;

  constructor(readonly broker: BrokerProcess) {}

  async run<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
    await pool(items, AT_ONCE, work);
    this.tried += items.length;
  }

  async send({ path, outgoing, judge }: Attempt): Promise<void> {
    const answer = await this.#unlessBusy(() => this.broker.send(path, outgoing));
    this.statuses.add(answer.status);
    const problem = judge(answer);
    if (problem !== null)
      this.wrong.push(`${path} ${Buffer.from(outgoing.body ?? '').toString()}: ${problem}`);
  }

  /** Bytes that were a request may still be one, or several, or allow no answer; then the connection just ends. */
  async raw(bytes: Uint8Array): Promise<void> {
    const { text } = await this.#unlessBusy(() => this.broker.raw(bytes, { endsOurSide: true }));
    const answers = answersIn(text);
    if (text === '') this.statuses.add('closed');
    else if (answers.length === 0) this.#rawProblem(bytes, `no answer: ${text}`);
    for (const answer of answers) {
      this.statuses.add(answer.status);
      const problem = answer.status === 200 ? null : refusalProblem(answer);
      if (problem !== null) this.#rawProblem(bytes, problem);
    }
  }

  #rawProblem(bytes: Uint8Array, problem: string): void {
    this.wrong.push(`${JSON.stringify(Buffer.from(bytes).toString('latin1'))}: ${problem}`);
  }

  /** An answer that took long while the machine did other things has to be slow again to count. */
  async #unlessBusy<Answer extends { readonly ms: number }>(ask: () => Promise<Answer>): Promise<Answer> {
    const first = await ask();
    const answer = first.ms > HANG_MS ? await ask() : first;
    this.slowestMs = Math.max(this.slowestMs, answer.ms);
    return answer;
  }
}

function attempts(id: OperationId, count: number, { seed }: Form): Attempt[] {
  const { path, method, requestIn } = operations[id];
  const judge = (answer: TimedAnswer): string | null => answerProblem(id, answer);
  if (requestIn === 'path') {
    const segment = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('%', '%00', '%c0%af', '..', ' '));
    return fc.sample(fc.tuple(segment, segment), { numRuns: count, seed }).map((parts) => ({
      path: path.replace(/\{\w+\}/g, () => escaped(parts.pop() ?? '')),
      outgoing: { method },
      judge,
    }));
  }
  const valid = validRequest(id);
  const body = fc.oneof(
    { weight: 6, arbitrary: mutated(valid).map((value) => JSON.stringify(value) ?? '') },
    { weight: 3, arbitrary: damagedBytes(valid) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  );
  const bodies = fc.sample(body, { numRuns: count, seed });
  return bodies.map((one) => ({ path, outgoing: { method, body: one }, judge }));
}

/** Half of them as written, since paths need not be well encoded. */
function escaped(text: string): string {
  if (/^[\x21\x24-\x3e\x40-\x7e]+$/.test(text)) return text;
  return encodeURIComponent(text.toWellFormed()).replace(/^$|^\.+$/, 'dots');
}

function tokenRequests(count: number, { seed }: Form): Attempt[] {
  const form = fc.oneof(
    fc.constantFrom(
      '',
      'grant_type=client_credentials',
      'client_id=a&client_secret=b',
      'grant_type=password',
    ),
    fc.webQueryParameters(),
    fc.uint8Array({ maxLength: 60 }),
  );
  const credentials = fc.oneof(fc.constantFrom('Basic', 'Basic =', 'Bearer x', ''), fc.base64String());
  return fc.sample(fc.tuple(form, credentials), { numRuns: count, seed }).map(([body, authorization]) => ({
    path: '/oauth2/token',
    outgoing: { body, headers: { authorization } },
    judge: refusalProblem,
  }));
}

/** Whole requests as they go over the wire, cut, doubled or strewn with other bytes anywhere. */
function rawRequests(count: number, { seed }: Form): Uint8Array[] {
  const request = fc.constantFrom(
    'POST /describeSessions HTTP/1.1\r\nHost: broker\r\nContent-Length: 2\r\n\r\n{}',
    'POST /createSessions HTTP/1.1\r\nHost: broker\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n',
    'GET /sessionConnectionData/a/b HTTP/1.1\r\nHost: broker\r\nAuthorization: Bearer x\r\n\r\n',
    'GET /health HTTP/1.1\r\nHost: broker\r\nConnection: keep-alive\r\n\r\n',
  );
  const damage = fc.record({ at: fc.nat(), drop: fc.nat(9), noise: fc.uint8Array({ maxLength: 9 }) });
  const damaged = fc.tuple(request, fc.array(damage, { minLength: 1, maxLength: 4 })).map(([text, damages]) =>
    damages.reduce<Uint8Array>((bytes, { at, drop, noise }) => {
      const from = at % (bytes.length + 1);
      return Buffer.concat([bytes.subarray(0, from), noise, bytes.subarray(from + drop)]);
    }, Buffer.from(text)),
  );
  return fc.sample(damaged, { numRuns: count, seed });
}
