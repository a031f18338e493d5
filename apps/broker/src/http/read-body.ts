import type { IncomingMessage } from 'node:http';
import { HttpProblem } from './http-problem.js';
import { parseStrictJson } from './strict-json.js';

/** A thousand sessions with ordinary permissions files fit; a flood does not. */
const MAX_BODY_BYTES = 2 * 1_048_576;

/** Reads the whole body. @throws HttpProblem 413 as soon as it is too long, 400 if it ends early. */
export function readBody(request: IncomingMessage, maxBytes = MAX_BODY_BYTES): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const endedEarly = (cause?: unknown): void => {
      // An error with its stack costs more than all the rest here, and every request closes in the end.
      if (!request.complete) reject(new HttpProblem(400, 'the body ended too early', { cause }));
    };
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= maxBytes) chunks.push(chunk);
      else {
        // Reading stops, but the connection must live until the answer has gone out.
        request.removeAllListeners('data').pause();
        const words = `the body is longer than ${maxBytes} bytes; send fewer entries at once`;
        reject(new HttpProblem(413, words, { headers: { Connection: 'close' } }));
      }
    });
    request.once('end', () =>
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, length)),
    );
    request.once('error', endedEarly);
    request.once('close', () => endedEarly());
  });
}

/**
 * The JSON of a body, null for an empty one. Fields that are null count as absent: generated clients send them.
 * @throws HttpProblem 400, 413, 415.
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const body = await readBody(request);
  if (body.length === 0) return null;
  if (request.headers['content-encoding'] !== undefined) {
    throw new HttpProblem(415, 'Content-Encoding is not supported; send the body as it is');
  }
  const contentType = request.headers['content-type'];
  if (contentType !== undefined && !/^application\/(?:[\w.+-]+\+)?json\b/i.test(contentType)) {
    throw new HttpProblem(415, 'Content-Type must be application/json');
  }
  const parsed = parseStrictJson(body);
  if (!parsed.ok) throw new HttpProblem(400, parsed.problem);
  return body.includes('null') ? withoutNulls(parsed.value) : parsed.value;
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutNulls(inner)]));
}
