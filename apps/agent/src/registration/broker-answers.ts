import {
  AGENT_REGISTER_PATH,
  AGENT_TOKEN_PATH,
  AgentRegistration,
  AgentRegistrationRefusal,
  AgentToken,
  AgentTokenRefusal,
} from '@dcvsm/protocol';
import { z } from 'zod';
import type { AgentConfig } from '../config/agent-config.js';
import { askBroker, type BrokerAnswer } from './ask-broker.js';
import { NotAdmitted } from './not-admitted.js';

type Broker = AgentConfig['broker'];

/** `not-asked-for`: this broker wants no tokens of agents. */
export type RegistrationResult =
  | { readonly kind: 'registered'; readonly clientId: string; readonly clientSecret: string }
  | { readonly kind: 'not-asked-for' }
  | { readonly kind: 'refused'; readonly reason: string };

export type TokenResult =
  | { readonly kind: 'token'; readonly token: string; readonly lifetimeMs: number }
  | { readonly kind: 'not-asked-for' }
  | { readonly kind: 'refused'; readonly why: AgentTokenRefusal['reason']; readonly words: string };

/** Registers this host (RFC 7591). @throws NotAdmitted when the broker wants it to wait or to show a certificate */
export async function register(broker: Broker, statement: string, name: string): Promise<RegistrationResult> {
  const answer = await askBroker(broker, {
    path: AGENT_REGISTER_PATH,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ software_statement: statement, client_name: name }),
  });
  if (answer.status === 404) return { kind: 'not-asked-for' };
  if (answer.status === 400) {
    const { error_description: reason } = read(AgentRegistrationRefusal, answer, 'a refusal to register');
    return { kind: 'refused', reason };
  }
  refuseOtherThan(201, answer, 'to a registration');
  const registered = read(AgentRegistration, answer, 'a registration');
  return { kind: 'registered', clientId: registered.client_id, clientSecret: registered.client_secret };
}

/** Gets an access token (RFC 6749 section 4.4). @throws NotAdmitted as above */
export async function requestToken(
  broker: Broker,
  { clientId, clientSecret }: { readonly clientId: string; readonly clientSecret: string },
): Promise<TokenResult> {
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  const answer = await askBroker(broker, {
    path: AGENT_TOKEN_PATH,
    headers: { Authorization: `Basic ${basic}`, 'Content-Type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials',
  });
  if (answer.status === 404) return { kind: 'not-asked-for' };
  if (answer.status === 401) {
    const { reason: why, error_description: words } = read(AgentTokenRefusal, answer, 'a refusal of a token');
    return { kind: 'refused', why, words };
  }
  refuseOtherThan(200, answer, 'when asked for a token');
  const { access_token: token, expires_in: seconds } = read(AgentToken, answer, 'a token');
  return { kind: 'token', token, lifetimeMs: seconds * 1000 };
}

const Words = z.object({ error: z.string() });

function refuseOtherThan(status: number, answer: BrokerAnswer, when: string): void {
  if (answer.status === status) return;
  const words = Words.safeParse(answer.json).data?.error ?? 'no words';
  const what = `the broker answered ${answer.status} ${when}: ${words}`;
  if (answer.status === 429)
    throw new NotAdmitted(what, 'wait; the agent tries again by itself', answer.retryAfterMs);
  if (answer.status === 403) throw new NotAdmitted(what, 'set agent.cert_file and agent.key_file');
  throw new Error(what);
}

/** The error never repeats what came: it may hold a secret. */
function read<T>(schema: z.ZodType<T>, { json, status }: BrokerAnswer, what: string): T {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new Error(`what the broker answered with status ${status} is not ${what}; is this its agent port?`);
}
