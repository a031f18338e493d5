import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { AgentConfig } from '../config/agent-config.js';
import { tlsOptions } from '../broker-tls.js';
import { retryAfterMs } from '../retry-after.js';

const ANSWER_MS = 10_000;
const MAX_ANSWER_BYTES = 65_536;

export interface Question {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface BrokerAnswer {
  readonly status: number;
  /** Null if it is none. */
  readonly json: unknown;
  /** As the broker asks for it; 0 if it does not. */
  readonly retryAfterMs: number;
}

/** One POST to the agent port, over the same TLS as the link. Redirections are not followed. @rejects with the system's error */
export async function askBroker(broker: AgentConfig['broker'], question: Question): Promise<BrokerAnswer> {
  const tls = await tlsOptions(broker);
  return new Promise((resolve, reject) => {
    const call = request(
      {
        ...tls,
        host: broker.host,
        port: broker.port,
        headers: { ...question.headers, 'Content-Length': Buffer.byteLength(question.body) },
        method: 'POST',
        path: question.path,
        agent: false,
        timeout: ANSWER_MS,
      },
      (answer) => {
        readAnswer(answer).then(resolve, reject);
      },
    );
    call.once('timeout', () => call.destroy(new Error(`the broker did not answer within ${ANSWER_MS} ms`)));
    call.once('error', reject);
    call.end(question.body);
  });
}

async function readAnswer(answer: IncomingMessage): Promise<BrokerAnswer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) throw new Error('the answer of the broker is too long');
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  return { status: answer.statusCode ?? 0, json: parseJson(text), retryAfterMs: retryAfterMs(answer) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
