import type { Clock, Log } from '@dcvsm/runtime';
import { Refusal } from '../refusal.js';
import type { Faults } from '../sessions/faults.js';
import type { Answer } from '../wire/answer.js';
import type { Reply } from '../wire/listen.js';
import { DCV_COMMANDS, Request, type ControlRequest, type DcvRequest } from '../wire/request.js';
import { answerDcv, type DcvServer } from './dcv-requests.js';

export interface Answerer {
  readonly clock: Clock;
  readonly log: Log;
  readonly dcv: DcvServer;
  readonly faults: Faults;
  /** Begins a restart and does not wait for its end. */
  readonly restart: (downMs: number) => void;
}

/** Something that looks like the beginning of an answer, to everybody who does not check. */
const GARBAGE = '{ "id" : "\u0001\u0002\n<<<<<<< [ { "owner" : \n';

/** Replies to one line of the socket. */
export async function answerLine(answerer: Answerer, line: string): Promise<Reply> {
  try {
    const request = parseLine(line);
    if (isDcv(request)) return { answer: await answerUnlessFaulty(answerer, request) };
    const answer = { kind: 'done', value: await answerControl(answerer, request) } as const;
    if (request.command !== 'restart') return { answer };
    // Who asked for the restart must still hear that it comes.
    return { answer, afterwards: () => answerer.restart(request.downMs) };
  } catch (cause) {
    if (cause instanceof Refusal) return { answer: { kind: 'refused', message: cause.message } };
    answerer.log.error({ err: cause }, 'a request failed');
    const message = cause instanceof Error ? cause.message : 'internal error';
    return { answer: { kind: 'refused', message } };
  }
}

function parseLine(line: string): Request {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new Refusal('the request is not JSON');
  }
  const parsed = Request.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Refusal(`the request is not understood: ${parsed.error.message}`);
}

function isDcv(request: Request): request is DcvRequest {
  return DCV_COMMANDS.has(request.command);
}

/** Carries the request out, unless tests have ordered a fault for it; null for no answer at all. */
async function answerUnlessFaulty(answerer: Answerer, request: DcvRequest): Promise<Answer<unknown> | null> {
  const fault = answerer.faults.take(request.command);
  switch (fault?.kind) {
    case 'hang':
      return null;
    case 'garbage':
      return { kind: 'raw', stdout: GARBAGE };
    case 'fail':
      throw new Refusal('internal error (a fault set for tests)');
    case 'slow':
      await answerer.clock.sleep(fault.delayMs);
      break;
    case undefined:
  }
  return { kind: 'done', value: await answerDcv(answerer.dcv, request) };
}

async function answerControl({ dcv, faults }: Answerer, request: ControlRequest): Promise<unknown> {
  switch (request.command) {
    case 'connect':
      return dcv.clients.connect({ ...request, sessionId: request.session });
    case 'disconnect':
      return { closed: dcv.clients.disconnect(request.session, request.connection) };
    case 'vanish':
      await dcv.sessions.close(request.session);
      return null;
    case 'fault':
      faults.plan(request);
      return null;
    case 'restart':
      return null;
  }
}
