import type { OAuthForm } from './oauth-form.js';
import { invalidRequest } from './oauth-problem.js';

export interface ClientCredentials {
  readonly id: string;
  readonly password: string;
}

/**
 * What the caller shows: HTTP Basic, or client_id and client_secret in the body (RFC 6749 section 2.3.1); null: nothing.
 * @throws OAuthProblem if it shows both
 */
export function clientCredentials(header: string | undefined, form: OAuthForm): ClientCredentials | null {
  const [id, password] = [form.get('client_id'), form.get('client_secret')];
  if (header === undefined) return id === null || password === null ? null : { id, password };
  if (password !== null) {
    throw invalidRequest(
      'there are two credentials; send the header Authorization, or client_secret in the body',
    );
  }
  const basic = basicCredentials(header);
  if (id !== null && id !== basic?.id) {
    throw invalidRequest('client_id names another client than the header Authorization');
  }
  return basic;
}

function basicCredentials(header: string): ClientCredentials | null {
  const encoded = /^Basic +([A-Za-z0-9+/=_-]+) *$/i.exec(header)?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon === -1) return null;
  return { id: formDecoded(text.slice(0, colon)), password: formDecoded(text.slice(colon + 1)) };
}

/** The RFC has both form-encoded first, which some clients do. Ours have no character for which it matters. */
function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
