import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Seen {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What to answer; `never`: the request is left hanging; `cut`: its connection ends without an answer. */
export type Reply =
  | { readonly status: number; readonly text: string; readonly headers?: Readonly<Record<string, string>> }
  | 'never'
  | 'cut';

/** A real HTTP server that answers as a test tells it, and remembers what it was asked. */
export class ScriptedBroker implements AsyncDisposable {
  readonly seen: Seen[] = [];
  reply: (request: Seen) => Reply | Promise<Reply> = () => ({ status: 200, text: '{}' });
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      void (async () => {
        let body = '';
        for await (const chunk of request) body += String(chunk);
        const { method = '', url: target = '', headers } = request;
        const seen = { method, target, headers, body };
        this.seen.push(seen);
        const reply = await this.reply(seen);
        if (reply === 'never') return;
        if (reply === 'cut') return void request.socket.destroy();
        response.writeHead(reply.status, { 'Content-Type': 'application/json', ...reply.headers });
        response.end(reply.text);
      })();
    });
  }

  static async start(): Promise<ScriptedBroker> {
    const broker = new ScriptedBroker();
    broker.#server.listen(0, '127.0.0.1');
    await once(broker.#server, 'listening');
    return broker;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  targets(): string[] {
    return this.seen.map(({ method, target }) => `${method} ${target}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

export function json(value: unknown, status = 200): Reply {
  return { status, text: JSON.stringify(value) };
}
