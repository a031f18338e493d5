import type { IncomingMessage, ServerResponse } from 'node:http';
import { AGENT_REGISTER_PATH, AGENT_TOKEN_PATH } from '@dcvsm/protocol';

export type ClientState = 'active' | 'unregistered';

/** The part of a broker that registers agents and gives them tokens; a test says what it makes of them. */
export class TestAuthority {
  /** Statements that are accepted. */
  readonly statements = new Set<string>();
  readonly clients = new Map<
    string,
    { readonly secret: string; state: ClientState; readonly name: unknown }
  >();
  /** Tokens that were given out, oldest first; those taken from here are not accepted any more. */
  readonly tokens: string[] = [];
  tokenSeconds = 3600;
  /** Answers for the next requests, before anything else is looked at. */
  readonly outages: { readonly status: number; readonly headers?: Record<string, string> }[] = [];
  #count = 0;

  /** Answers a request that is no upgrade. */
  readonly answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk as string;
    const outage = this.outages.shift();
    if (outage !== undefined) return send(response, outage.status, { error: 'not now' }, outage.headers);
    if (request.url === AGENT_REGISTER_PATH) return this.#register(body, response);
    if (request.url === AGENT_TOKEN_PATH) return this.#token(request, response);
    send(response, 404, { error: 'there is nothing' });
  };

  accepts(request: IncomingMessage): boolean {
    return this.tokens.includes(request.headers.authorization?.replace(/^Bearer /, '') ?? '');
  }

  #register(body: string, response: ServerResponse): void {
    const asked = JSON.parse(body) as { software_statement: string; client_name: unknown };
    if (!this.statements.has(asked.software_statement)) {
      const words = 'the software statement is used up';
      return send(response, 400, { error: 'unapproved_software_statement', error_description: words });
    }
    const id = `client-${(this.#count += 1)}`;
    const secret = `secret-of-${id}`;
    this.clients.set(id, { secret, state: 'active', name: asked.client_name });
    const times = { client_id_issued_at: 1, client_secret_expires_at: 0 };
    send(response, 201, { client_id: id, client_secret: secret, ...times });
  }

  #token(request: IncomingMessage, response: ServerResponse): void {
    const basic = request.headers.authorization?.replace(/^Basic /, '') ?? '';
    const [id = '', secret] = Buffer.from(basic, 'base64').toString().split(':');
    const client = this.clients.get(id);
    if (client === undefined) return refuse(response, 'unknown-client');
    if (client.secret !== secret) return refuse(response, 'wrong-secret');
    if (client.state !== 'active') return refuse(response, 'unregistered');
    const token = `token-${(this.#count += 1)}-of-${id}`;
    this.tokens.push(token);
    send(response, 200, { access_token: token, token_type: 'Bearer', expires_in: this.tokenSeconds });
  }
}

function refuse(response: ServerResponse, reason: string): void {
  send(response, 401, { error: 'invalid_client', error_description: `it is ${reason}`, reason });
}

function send(
  response: ServerResponse,
  status: number,
  json: object,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify(json));
}
