import { once } from 'node:events';
import { connect } from 'node:tls';
import { createLog, type Log } from '@dcvsm/runtime';
import { TestFleet } from '../fleet/start-fleet.js';

/** What a broker wrote to its log, line by line as it would stand in a file. */
export class LogLines {
  #text = '';
  readonly log: Log = createLog({
    name: 'broker',
    level: 'debug',
    destination: { write: (text: string) => void (this.#text += text) },
  });

  get lines(): string[] {
    return this.#text.split('\n').slice(0, -1);
  }

  get text(): string {
    return this.#text;
  }
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** A broker with one server that is about to be sent what no client should send, and its log. */
export class AttackedBroker implements AsyncDisposable {
  private constructor(
    readonly fleet: TestFleet,
    readonly token: string,
    readonly log: LogLines,
  ) {}

  static async start(): Promise<AttackedBroker> {
    const log = new LogLines();
    const fleet = await TestFleet.start({
      properties: [
        'store = memory',
        'delete-session-duration-seconds = 10',
        // All the attacks come from one address, and the manual clock gives nothing back.
        'max-api-requests-per-second = 1000000',
      ],
      log: log.log,
    });
    await fleet.agent('s1');
    return new AttackedBroker(fleet, await fleet.token(), log);
  }

  async send(
    path: string,
    init: { method?: string; body?: string | Uint8Array; headers?: object } = {},
  ): Promise<Answer> {
    const answer = await this.fleet.fetch(this.fleet.url + path, {
      method: init.method ?? 'POST',
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json', ...init.headers },
      ...(init.body !== undefined && { body: init.body }),
    });
    return { status: answer.status, text: await answer.text() };
  }

  /** All that comes back on a connection that is sent these bytes, until the broker ends it. */
  async raw(bytes: string | Uint8Array): Promise<string> {
    const { ca, broker } = this.fleet;
    const socket = connect({ host: '127.0.0.1', port: broker.clientPort, ca });
    await once(socket, 'secureConnect');
    socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => undefined);
    await once(socket, 'close');
    return Buffer.concat(chunks).toString('utf8');
  }

  /** Whatever was sent before: prototypes are clean, no bug was logged, and the broker does its work. */
  async expectUnharmed(): Promise<void> {
    for (const key of ['polluted', 'isAdmin', 'toJSON', 'Name']) expect(key in {}).toBe(false);
    expect(this.log.lines.filter((line) => line.includes('a bug:'))).toEqual([]);
    const health = await this.fleet.fetch(`${this.fleet.url}/health`);
    expect(health.status).toBe(200);
    const { Id } = await this.fleet.create();
    await this.fleet.agents[0]!.command('create-session', Id);
    expect(await this.fleet.describe(Id)).toMatchObject({ State: 'READY' });
    await this.fleet.client.deleteSessions([{ SessionId: Id, Owner: 'alice' }]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fleet[Symbol.asyncDispose]();
  }
}

/** A refusal as documented: 4xx, and JSON whose `error` says something, printable and not too long. */
export function expectRefusal(answer: Answer, about: unknown): string {
  const context = { about, answer };
  expect({ ...context, isRefused: answer.status >= 400 && answer.status < 500 }).toEqual({
    ...context,
    isRefused: true,
  });
  const body = JSON.parse(answer.text) as { error: unknown };
  expect({ about, error: body.error }).toEqual({
    about,
    error: expect.stringMatching(/^[^\p{Cc}]{5,2100}$/u) as string,
  });
  return String(body.error);
}

/** Starts to measure the processor time of this process, which other work on the machine does not stretch, in ms. */
export function measureWork(): () => number {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
}

/** `HTTP/1.1 400 …` with its headers and body, as read from a socket. */
export function parseRaw(text: string): Answer {
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1] ?? NaN);
  return { status, text: text.slice(text.indexOf('\r\n\r\n') + 4) };
}
