import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Refusal } from '../refusal.js';
import { parseVerifierAnswer, type VerifierAnswer } from './answer.js';

/** `security/auth-token-verifier-timeout` of a DCV server is 100 seconds. */
const TIMEOUT_MS = 100_000;
const MAX_ANSWER_BYTES = 64 * 1024;

export interface Verifier {
  /** The whole address, with the path to POST to. */
  readonly url: URL;
  /** PEM text of the authorities to trust; null trusts those of the system. */
  readonly ca: string | null;
}

export interface TokenQuestion {
  readonly sessionId: string;
  readonly token: string;
  readonly clientAddress: string;
}

/**
 * Asks whether a token opens a session, with the form a DCV server sends.
 *
 * @throws Refusal if the verifier cannot be reached or does not answer in the documented form
 */
export async function askVerifier(verifier: Verifier, question: TokenQuestion): Promise<VerifierAnswer> {
  const form = new URLSearchParams({
    sessionId: question.sessionId,
    authenticationToken: question.token,
    clientAddress: question.clientAddress,
  }).toString();
  let body: string;
  try {
    body = await post(verifier, form);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new Refusal(`the auth-token-verifier ${verifier.url.href} does not answer: ${problem}`);
  }
  const answer = parseVerifierAnswer(body);
  if (!answer) throw new Refusal('the auth-token-verifier did not answer with <auth result="yes|no">');
  return answer;
}

function post({ url, ca }: Verifier, form: string): Promise<string> {
  const headers = {
    'Content-Type': 'application/x-www-form-urlencoded',
    'Content-Length': Buffer.byteLength(form),
  };
  const options = { method: 'POST', headers, timeout: TIMEOUT_MS, agent: false as const };
  return new Promise((resolve, reject) => {
    const onResponse = (response: IncomingMessage): void => void collect(response).then(resolve, reject);
    const request =
      url.protocol === 'https:'
        ? requestHttps(url, ca === null ? options : { ...options, ca }, onResponse)
        : requestHttp(url, options, onResponse);
    request.on('timeout', () => request.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
    request.on('error', reject);
    request.end(form);
  });
}

async function collect(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new Error(`the answer is larger than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
