import { request, type IncomingMessage, type RequestOptions } from 'node:http';
import type { z } from 'zod';

/** The broker could not be asked, or said no; the message is for the operator. */
export class AdminError extends Error {}

/** Nobody listens: nothing was asked, so the same may be tried again. */
export class BrokerUnreachable extends AdminError {}

/** Where a running broker takes admin commands: the path of its local socket, or its port on loopback. */
export type AdminAddress = string | AdminPort;

export interface AdminPort {
  readonly port: number;
  readonly secret: string;
}

/** Longer than any command takes, those that ask others over the network included. */
const PATIENCE_MS = 60_000;

/** One call to the running broker. @rejects AdminError. */
export function callAdmin(
  broker: AdminAddress,
  method: string,
  path: string,
  body?: unknown,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const call = request({ ...requestOptions(broker), method, path }, (answer) => {
      readAnswer(answer).then(resolve, (cause: NodeJS.ErrnoException) =>
        reject(cause instanceof AdminError ? cause : couldNotAsk(broker, cause)),
      );
    });
    call.setTimeout(PATIENCE_MS, () => call.destroy(new Error(`nothing for ${PATIENCE_MS / 1000} s`)));
    call.on('error', (cause: NodeJS.ErrnoException) => reject(couldNotAsk(broker, cause)));
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** What the broker answered, read by its schema. @throws AdminError when the running broker is of another release. */
export function parseAnswer<Answer>(schema: z.ZodType<Answer>, answer: unknown): Answer {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw new AdminError(
    `the broker answered in another form than this command knows (${where}); ` +
      'is it of another release? Restart it after an update',
  );
}

function requestOptions(broker: AdminAddress): RequestOptions {
  const headers = { 'Content-Type': 'application/json' };
  if (typeof broker === 'string') return { socketPath: broker, headers };
  const { port, secret } = broker;
  return { host: '127.0.0.1', port, headers: { ...headers, Authorization: `Bearer ${secret}` } };
}

async function readAnswer(answer: IncomingMessage): Promise<unknown> {
  let text = '';
  answer.setEncoding('utf8');
  for await (const chunk of answer) text += chunk as string;
  const value = parseJson(text);
  if (answer.statusCode === 200 && value !== undefined) return value;
  throw new AdminError(errorText(value) ?? `the broker answered ${answer.statusCode} without words`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function couldNotAsk(broker: AdminAddress, cause: NodeJS.ErrnoException): AdminError {
  const code = cause.code ?? cause.message;
  const place = typeof broker === 'string' ? broker : `127.0.0.1:${broker.port}`;
  if (code === 'EACCES') {
    return new AdminError(`not allowed to open ${place}; run the command as root or as the broker's user`);
  }
  if (code === 'ENOENT' || code === 'ECONNREFUSED') {
    return new BrokerUnreachable(
      `no broker answers on ${place} (${code}); is it running with this configuration?`,
    );
  }
  return new AdminError(
    `the broker on ${place} did not answer (${code}); look at its log, and whether the command had an effect`,
  );
}

function errorText(value: unknown): string | undefined {
  const error = typeof value === 'object' && value !== null && 'error' in value ? value.error : undefined;
  return typeof error === 'string' ? error : undefined;
}
