import { request } from 'node:https';
import { AGENT_REGISTER_PATH, AGENT_TOKEN_PATH, AgentRegistration, AgentToken } from '@dcvsm/protocol';
import type { Clock } from '@dcvsm/runtime';
import type { Target } from './target.js';

export interface Token {
  readonly text: string;
  readonly lifetimeMs: number;
}

/** Gives an agent the token for its next link. */
export type Admission = () => Promise<Token>;

/**
 * Registers a host with a software statement at its first link (RFC 7591), as agents do, and gets its tokens from then on.
 * The broker takes 1,200 new agents in a minute; the others wait as long as it says.
 */
export function admission(target: Target, statement: string, name: string, clock: Clock): Admission {
  let registered: Promise<AgentRegistration> | null = null;
  const register = async (): Promise<AgentRegistration> => {
    const body = JSON.stringify({ software_statement: statement, client_name: name });
    const headers = { 'Content-Type': 'application/json' };
    return AgentRegistration.parse(await post(target, clock, { path: AGENT_REGISTER_PATH, headers, body }));
  };
  return async () => {
    registered ??= register();
    registered.catch(() => (registered = null));
    const { client_id: id, client_secret: secret } = await registered;
    const Authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
    const body = 'grant_type=client_credentials';
    const answer = await post(target, clock, { path: AGENT_TOKEN_PATH, headers: { Authorization }, body });
    const { access_token: text, expires_in: seconds } = AgentToken.parse(answer);
    return { text, lifetimeMs: seconds * 1000 };
  };
}

interface Question {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly retryAfterSeconds: number;
}

/** @rejects when the broker refuses for another reason than that too many come at once */
async function post(target: Target, clock: Clock, question: Question): Promise<unknown> {
  for (;;) {
    const { status, text, retryAfterSeconds } = await postOnce(target, question);
    if (status < 300) return JSON.parse(text) as unknown;
    if (status !== 429) throw new Error(`${question.path} answered ${status}: ${text.slice(0, 300)}`);
    await clock.sleep(retryAfterSeconds * 1000);
  }
}

function postOnce({ agentUrl, secureContext }: Target, question: Question): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const tls = { secureContext, method: 'POST', headers: question.headers, agent: false };
    const call = request(new URL(question.path, agentUrl), tls, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => (text += chunk));
      answer.once('error', reject);
      answer.once('end', () => {
        const retryAfterSeconds = Number(answer.headers['retry-after'] ?? 1);
        resolve({ status: answer.statusCode ?? 0, text, retryAfterSeconds });
      });
    });
    call.once('error', reject);
    call.end(question.body);
  });
}
