import { registerApiClient } from '../../src/admin/api-client-commands.js';
import type { LimitsRequest } from '../../src/admin/api-client-limits.js';
import { TestFleet, type FleetOptions } from '../fleet/start-fleet.js';

export interface Received {
  readonly status: number;
  readonly headers: Headers;
  readonly json: unknown;
}

export interface Credentials {
  readonly id: string;
  readonly password: string;
}

export interface TokenAnswer {
  readonly access_token: string;
  readonly scope?: string;
}

export function basic({ id, password }: Credentials): string {
  return `Basic ${Buffer.from(`${id}:${password}`).toString('base64')}`;
}

/** A broker, seen by those who want tokens of it. */
export class OAuthFleet implements AsyncDisposable {
  private constructor(
    readonly fleet: TestFleet,
    /** Of a client that may do everything. */
    readonly client: Credentials,
  ) {}

  static async start(options: FleetOptions = {}): Promise<OAuthFleet> {
    const fleet = await TestFleet.start({ properties: ['store = memory'], ...options });
    const { clientId: id, clientPassword: password } = fleet.credentials;
    return new OAuthFleet(fleet, { id, password });
  }

  /** Registers a client with the command, as an operator does. */
  async register(name: string, limits: LimitsRequest = {}): Promise<Credentials> {
    const output = await registerApiClient(this.fleet.broker.adminSocket, name, limits);
    const [, id = '', password = ''] = /client-id: (\S+)\n client-password: (\S+)/.exec(output) ?? [];
    return { id, password };
  }

  /** POSTs a form; with the client's credentials unless headers say otherwise. */
  async post(
    path: string,
    form: Readonly<Record<string, string>> | string,
    headers: Readonly<Record<string, string>> = { authorization: basic(this.client) },
  ): Promise<Received> {
    const body = new URLSearchParams(form).toString();
    return this.#send(path, { method: 'POST', body, headers });
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Received> {
    return this.#send(path, { headers });
  }

  async token(client: Credentials = this.client, form: Record<string, string> = {}): Promise<string> {
    const all = { grant_type: 'client_credentials', ...form };
    const answer = await this.post('/oauth2/token', all, { authorization: basic(client) });
    expect(answer).toMatchObject({ status: 200 });
    return (answer.json as TokenAnswer).access_token;
  }

  /** Status of a describe call with that token. */
  async use(token: string): Promise<Received> {
    const headers = { authorization: `Bearer ${token}` };
    return this.#send('/describeSessions', { method: 'POST', headers });
  }

  async #send(path: string, init: RequestInit): Promise<Received> {
    const answer = await this.fleet.fetch(this.fleet.url + path, init);
    const json = JSON.parse(await answer.text()) as unknown;
    return { status: answer.status, headers: answer.headers, json };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fleet[Symbol.asyncDispose]();
  }
}
