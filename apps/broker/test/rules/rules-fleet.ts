import { createClient, type DcvsmClient } from '@dcvsm/client';
import type { FakeAgent } from '@dcvsm/testkit';
import { TestFleet, type FleetOptions } from '../fleet/start-fleet.js';
import { checkedFetch } from './checked-fetch.js';

export interface Sent {
  readonly method?: string;
  /** As it goes over the wire; absent: no body at all. */
  readonly body?: string;
  /** Added to, or (null) taken from, those of an ordinary client. */
  readonly headers?: Readonly<Record<string, string | null>>;
}

export interface Received {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Whatever the answer's JSON is; tests say what they expect of it. */
  readonly json: unknown;
}

/** A fleet whose every answer is checked against what is published, with one server, its agent, and raw requests. */
export class RulesFleet implements AsyncDisposable {
  readonly client: DcvsmClient;
  readonly #fetch: typeof globalThis.fetch;

  private constructor(
    readonly fleet: TestFleet,
    readonly agent: FakeAgent,
    readonly token: string,
  ) {
    this.#fetch = checkedFetch(fleet.fetch);
    const { url, credentials } = fleet;
    this.client = createClient({ url, credentials, fetch: this.#fetch });
  }

  static async start(options: FleetOptions = {}): Promise<RulesFleet> {
    const fleet = await TestFleet.start({ properties: ['store = memory'], ...options });
    const agent = await fleet.agent('s1', { tags: [{ key: 'color', value: 'pink' }] });
    return new RulesFleet(fleet, agent, await fleet.token());
  }

  async send(path: string, { method = 'POST', body, headers = {} }: Sent = {}): Promise<Received> {
    const all = { authorization: `Bearer ${this.token}`, 'content-type': 'application/json', ...headers };
    const answer = await this.#fetch(this.fleet.url + path, {
      method,
      headers: Object.entries(all).filter((header): header is [string, string] => header[1] !== null),
      ...(body !== undefined && { body }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, json: JSON.parse(text) as unknown };
  }

  /** Sends JSON and expects it to be accepted. */
  async accepted(path: string, body: unknown, sent: Sent = {}): Promise<unknown> {
    const answer = await this.send(path, { ...sent, body: JSON.stringify(body) });
    expect({ status: answer.status, text: answer.text }).toMatchObject({ status: 200 });
    return answer.json;
  }

  /** Sends JSON and expects a 400; resolves with its words. */
  async refused(path: string, body: unknown, sent: Sent = {}): Promise<string> {
    const answer = await this.send(path, { ...sent, body: JSON.stringify(body) });
    expect({ status: answer.status, text: answer.text }).toMatchObject({ status: 400 });
    return (answer.json as { error: string }).error;
  }

  /** A session that is READY. */
  async readySession(fields: object = {}): Promise<string> {
    const { Id } = await this.fleet.create(fields);
    await this.agent.command('create-session', Id);
    await this.fleet.broker.fleet.settle();
    return Id;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fleet[Symbol.asyncDispose]();
  }
}
