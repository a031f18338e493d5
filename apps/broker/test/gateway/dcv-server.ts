import type { TestFleet } from '../fleet/start-fleet.js';

const FORM = 'application/x-www-form-urlencoded';

/** Asks the broker about a token as a DCV server does, and resolves with the XML that it answers. */
export async function verify(fleet: TestFleet, sessionId: string, token: string): Promise<string> {
  const form = { sessionId, authenticationToken: token, clientAddress: '198.51.100.7' };
  return sendForm(fleet, new URLSearchParams(form).toString());
}

export async function sendForm(fleet: TestFleet, form: string, contentType = FORM): Promise<string> {
  const answer = await fleet.fetch(`${fleet.agentUrl}/agent/validate-authentication-token`, {
    method: 'POST',
    headers: { 'content-type': contentType },
    body: form,
  });
  expect({ status: answer.status, type: answer.headers.get('content-type') }).toEqual({
    status: 200,
    type: 'text/xml; charset=utf-8',
  });
  return answer.text();
}

export async function connectionToken(fleet: TestFleet, sessionId: string, user = 'alice'): Promise<string> {
  return (await fleet.client.GetSessionConnectionData({ sessionId, user })).ConnectionToken;
}

export const yes = (user: string): string => `<auth result="yes"><username>${user}</username></auth>`;
export const no = (reason: string): string => `<auth result="no"><message>${reason}</message></auth>`;
