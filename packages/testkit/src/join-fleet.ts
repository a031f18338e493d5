import { request } from 'node:https';
import { AGENT_REGISTER_PATH, AGENT_TOKEN_PATH, AgentRegistration, AgentToken } from '@dcvsm/protocol';

export interface JoinOptions {
  /** `https://host:port` of the agent listener. */
  readonly agentUrl: string;
  /** PEM. */
  readonly ca: string;
  readonly statement: string;
  readonly name: string;
}

/**
 * Registers a host with its software statement, as an agent does; for the `token` of a FakeAgent.
 * @returns what gets it a new access token each time
 * @throws when the broker refuses
 */
export async function joinFleet(options: JoinOptions): Promise<() => Promise<string>> {
  const body = JSON.stringify({ software_statement: options.statement, client_name: options.name });
  const registered = await post(options, AGENT_REGISTER_PATH, { 'Content-Type': 'application/json' }, body);
  const { client_id: id, client_secret: secret } = AgentRegistration.parse(registered);
  const Authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
  return async () => {
    const answer = await post(options, AGENT_TOKEN_PATH, { Authorization }, 'grant_type=client_credentials');
    return AgentToken.parse(answer).access_token;
  };
}

function post(
  { agentUrl, ca }: JoinOptions,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const call = request(new URL(path, agentUrl), { ca, method: 'POST', headers, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => (text += chunk));
      answer.once('end', () => {
        const { statusCode = 0 } = answer;
        if (statusCode < 300) resolve(JSON.parse(text));
        else reject(new Error(`${path} answered ${statusCode}: ${text}`));
      });
    });
    call.once('error', reject);
    call.end(body);
  });
}
