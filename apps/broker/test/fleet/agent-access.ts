import { request } from 'node:https';
import { connect } from 'node:tls';
import { once } from 'node:events';
import type { TestFleet } from './start-fleet.js';

export interface AgentAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly json: Readonly<Record<string, unknown>>;
}

export interface RegisteredAgent {
  readonly client_id: string;
  readonly client_secret: string;
}

/** What an agent says to the agent port before it has a link, in the forms of RFC 7591 and RFC 6749. */
export class AgentPort {
  constructor(
    readonly fleet: TestFleet,
    readonly tls: { readonly cert?: string; readonly key?: string } = {},
  ) {}

  register(statement: unknown, more: object = {}): Promise<AgentAnswer> {
    return this.post(
      '/agent/register',
      { 'Content-Type': 'application/json' },
      { software_statement: statement, ...more },
    );
  }

  /** @throws when it is refused */
  async registered(statement: string): Promise<RegisteredAgent> {
    const { status, json } = await this.register(statement, { client_name: 'host' });
    if (status !== 201) throw new Error(`refused: ${JSON.stringify(json)}`);
    return json as unknown as RegisteredAgent;
  }

  askForToken(id: string, secret: string, form = 'grant_type=client_credentials'): Promise<AgentAnswer> {
    const basic = Buffer.from(`${id}:${secret}`).toString('base64');
    return this.post('/agent/oauth2/token', { Authorization: `Basic ${basic}` }, form);
  }

  /** @throws when it is refused */
  async token({ client_id: id, client_secret: secret }: RegisteredAgent): Promise<string> {
    const { status, json } = await this.askForToken(id, secret);
    if (status !== 200) throw new Error(`refused: ${JSON.stringify(json)}`);
    return json['access_token'] as string;
  }

  post(path: string, headers: Readonly<Record<string, string>>, body: unknown): Promise<AgentAnswer> {
    const { ca, broker } = this.fleet;
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const call = request(
        {
          host: '127.0.0.1',
          port: broker.agentPort,
          ca,
          ...this.tls,
          path,
          method: 'POST',
          headers,
          agent: false,
        },
        (answer) => {
          let received = '';
          answer.setEncoding('utf8');
          answer.on('data', (chunk: string) => (received += chunk));
          answer.once('end', () =>
            resolve({
              status: answer.statusCode ?? 0,
              headers: answer.headers,
              json: JSON.parse(received) as AgentAnswer['json'],
            }),
          );
        },
      );
      call.once('error', reject);
      call.end(text);
    });
  }

  /** What the broker answers to a request for a link: all of a refusal, or the first bytes of the link. */
  async upgrade(token?: string): Promise<string> {
    const { ca, broker } = this.fleet;
    const socket = connect({ host: '127.0.0.1', port: broker.agentPort, ca, ...this.tls });
    await once(socket, 'secureConnect');
    socket.write(upgradeRequest(token));
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      answer += chunk;
      if (answer.startsWith('HTTP/1.1 101')) socket.destroy();
    });
    await once(socket, 'close');
    return answer;
  }
}

function upgradeRequest(token?: string): string {
  const lines = [
    'GET /agent/link HTTP/1.1',
    'Host: broker',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol: dcvsm.agent.v1',
    ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}
