import { createSecureContext } from 'node:tls';
import { answerParent } from './answer-parent.js';
import { KeepAliveConnection } from './keep-alive-connection.js';

/** A request, in parts; the connection's headers are added here. */
export interface LoadRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
}

export interface LoadOrder {
  readonly port: number;
  /** PEM. */
  readonly ca: string;
  readonly token: string;
  /** Sent in turn, over and over. */
  readonly requests: readonly LoadRequest[];
  readonly connections: number;
  /** Requests of all connections together. */
  readonly count: number;
  /** Every answer has to contain this. */
  readonly contains?: string;
  /** Every answer's body has to be at least so long. */
  readonly atLeastBytes?: number;
}

export interface LoadOutcome {
  readonly elapsedMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

async function run(order: LoadOrder): Promise<LoadOutcome> {
  const secureContext = createSecureContext({ ca: order.ca });
  const connections = await Promise.all(
    Array.from({ length: order.connections }, () => KeepAliveConnection.open(order.port, secureContext)),
  );
  const requests = order.requests.map((request) => encode(request, order.token));
  const latencies = new Float64Array(order.count);
  let next = 0;
  const drive = async (connection: KeepAliveConnection): Promise<void> => {
    while (next < order.count) {
      const turn = next;
      next += 1;
      const sentAtMs = performance.now();
      const { status, body } = await connection.exchange(requests[turn % requests.length] as Buffer);
      latencies[turn] = performance.now() - sentAtMs;
      check(order, status, body);
    }
  };
  try {
    const startedAtMs = performance.now();
    await Promise.all(connections.map(drive));
    const elapsedMs = performance.now() - startedAtMs;
    latencies.sort();
    const quantile = (part: number): number => latencies[Math.floor((latencies.length - 1) * part)] ?? 0;
    return { elapsedMs, p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
  } finally {
    for (const connection of connections) connection.close();
  }
}

/** A figure made of refusals would be a good one, so a single one ends the measurement. */
function check(order: LoadOrder, status: number, body: Buffer): void {
  const excerpt = (): string => body.toString('utf8', 0, 500);
  if (status !== 200) throw new Error(`answered ${status}: ${excerpt()}`);
  if (order.atLeastBytes !== undefined && body.length < order.atLeastBytes) {
    throw new Error(`answered ${body.length} bytes instead of ${order.atLeastBytes}: ${excerpt()}`);
  }
  if (order.contains !== undefined && !body.includes(order.contains)) {
    throw new Error(`an answer without ${order.contains}: ${excerpt()}`);
  }
}

function encode({ method, path, body }: LoadRequest, token: string): Buffer {
  const head = [`${method} ${path} HTTP/1.1`, 'Host: 127.0.0.1', `Authorization: Bearer ${token}`];
  if (body !== undefined) {
    head.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`);
  }
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body ?? ''}`);
}

answerParent(run);
