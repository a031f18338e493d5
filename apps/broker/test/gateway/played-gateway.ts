import { Agent, fetch, type Response } from 'undici';
import { TestFleet, type FleetOptions } from '../fleet/start-fleet.js';

export interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly body: unknown;
}

/** Asks the broker as a Connection Gateway does; with a certificate if it has one. */
export class PlayedGateway implements AsyncDisposable {
  readonly #agent: Agent;

  constructor(
    readonly url: string,
    tls: { readonly ca: string; readonly cert?: string; readonly key?: string },
  ) {
    this.#agent = new Agent({ connect: { ...tls } });
  }

  /** Both parameters, and an address as gateways send it. */
  resolve(sessionId: string, transport: 'HTTP' | 'QUIC' = 'HTTP', client = '198.51.100.7'): Promise<Answer> {
    const query = new URLSearchParams({ sessionId, transport, clientIpAddress: client });
    return this.send('POST', `/resolveSession?${query}`);
  }

  async send(method: string, target: string): Promise<Answer> {
    const answer = await fetch(this.url + target, {
      method,
      dispatcher: this.#agent,
      headers: { accept: 'application/json' },
    });
    return {
      status: answer.status,
      type: answer.headers.get('content-type'),
      body: await readBody(answer),
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#agent.close();
  }
}

async function readBody(answer: Response): Promise<unknown> {
  const text = await answer.text();
  return text === '' ? null : JSON.parse(text);
}

/** A broker that serves gateways without certificates, and a gateway. */
export class GatewayFleet implements AsyncDisposable {
  private constructor(
    readonly fleet: TestFleet,
    readonly gateway: PlayedGateway,
  ) {}

  static async start({ properties = [], ...options }: FleetOptions = {}): Promise<GatewayFleet> {
    const fleet = await TestFleet.start({ properties: [...gatewayPort, ...properties], ...options });
    return new GatewayFleet(fleet, new PlayedGateway(gatewayUrl(fleet), { ca: fleet.ca }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.gateway[Symbol.asyncDispose]();
    await this.fleet[Symbol.asyncDispose]();
  }
}

export const gatewayPort = [
  'enable-gateway = true',
  'gateway-to-broker-connector-https-port = 0',
  'gateway-to-broker-connector-bind-host = 127.0.0.1',
];

export function gatewayUrl(fleet: TestFleet): string {
  const port = fleet.broker.gatewayPort;
  if (port === null) throw new Error('the broker serves no gateway');
  return `https://127.0.0.1:${port}`;
}
