import { request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import type { SecureContext } from 'node:tls';
import { DeadlineExceeded, withDeadline, type Clock } from '@dcvsm/runtime';

const MAX_BYTES = 262_144;
const TIME_LIMIT_MS = 5_000;

/** Why the keys of a server could not be had; the message is for the operator. */
export class JwksUnavailable extends Error {
  override name = 'JwksUnavailable';
}

/** Reads the JSON that a URL answers. @rejects JwksUnavailable. */
export type FetchJwks = (url: string) => Promise<unknown>;

/**
 * Fetches within 5 s and 256 KiB. Redirects are not followed: where keys come from is what the operator registered, and
 * nothing else.
 * @param secureContext called when the first https address is fetched
 */
export function jwksFetcher(clock: Clock, secureContext: () => SecureContext): FetchJwks {
  let agent: Agent | null = null;
  return async (url) => {
    const abort = new AbortController();
    const isSecure = new URL(url).protocol === 'https:';
    try {
      if (isSecure) agent ??= new Agent({ secureContext: secureContext() });
      const work = read(url, isSecure ? agent : null, abort.signal);
      return await withDeadline(clock, 'it', TIME_LIMIT_MS, work);
    } catch (cause) {
      throw new JwksUnavailable(`the keys at ${url} cannot be had: ${words(cause)}`, { cause });
    } finally {
      abort.abort();
    }
  };
}

function read(url: string, agent: Agent | null, signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const headers = { Accept: 'application/json' };
    const onAnswer = (answer: IncomingMessage): void => {
      if (answer.statusCode === 200) readJson(answer).then(resolve, reject);
      else reject(new Error(statusWords(answer)));
    };
    const call =
      agent === null
        ? httpRequest(url, { headers, signal }, onAnswer)
        : httpsRequest(url, { headers, signal, agent }, onAnswer);
    call.on('error', reject);
    call.end();
  });
}

async function readJson(answer: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BYTES) throw new Error(`it answered more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch (cause) {
    throw new Error('it did not answer JSON', { cause });
  }
}

function statusWords({ statusCode = 0 }: IncomingMessage): string {
  const redirects = statusCode >= 300 && statusCode < 400;
  return redirects
    ? `it redirects elsewhere (${statusCode}); register the address it leads to`
    : `it answered ${statusCode}`;
}

function words(cause: unknown): string {
  if (cause instanceof DeadlineExceeded) return cause.message;
  const error = cause as NodeJS.ErrnoException;
  // Where every address of a name was tried, Node says nothing but a code.
  return error.message === '' ? String(error.code) : error.message;
}
