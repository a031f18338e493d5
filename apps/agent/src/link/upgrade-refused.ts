import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { retryAfterMs } from '../retry-after.js';

/** The broker answered the request for a link with something else than a link. */
export class UpgradeRefused extends Error {
  constructor(
    readonly status: number,
    words: string,
    /** As the broker asks for it; 0 if it does not. */
    readonly retryAfterMs: number,
  ) {
    super(`the broker answered ${status}: ${words}`);
    this.name = 'UpgradeRefused';
  }
}

const MAX_WORDS_BYTES = 4096;
const Words = z.object({ error: z.string().max(1000) });

/** Reads the words of the refusal. Never rejects: a refusal without words is one, too. */
export async function readUpgradeRefusal(response: IncomingMessage): Promise<UpgradeRefused> {
  const words = await readWords(response);
  return new UpgradeRefused(response.statusCode ?? 0, words, retryAfterMs(response));
}

async function readWords(response: IncomingMessage): Promise<string> {
  let text = '';
  try {
    response.setEncoding('utf8');
    for await (const chunk of response as AsyncIterable<string>) {
      text += chunk;
      if (text.length > MAX_WORDS_BYTES) break;
    }
    return Words.parse(JSON.parse(text)).error;
  } catch {
    return 'without words';
  }
}
