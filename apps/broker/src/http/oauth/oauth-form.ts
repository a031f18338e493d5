import type { IncomingMessage } from 'node:http';
import { printable } from '../../domain/printable.js';
import { readBody } from '../read-body.js';
import { invalidRequest } from './oauth-problem.js';

const MAX_FORM_BYTES = 16_384;

/** Secrets and tokens must not be where logs of proxies have them (RFC 6749 section 2.3.1). */
const NEVER_IN_QUERY = ['client_id', 'client_secret', 'token'];

/** The parameters of a request to an OAuth endpoint. An empty one counts as absent (RFC 6749 section 3.2). */
export interface OAuthForm {
  /** From the body. */
  get(name: string): string | null;
  /** From the body or the query, where clients in the field put the grant type (rule 18). */
  getAnywhere(name: string): string | null;
}

/**
 * Reads the body as a form, whatever content type it has or lacks, and the query.
 * @rejects OAuthProblem for what is repeated or where it must not be; HttpProblem as `readBody`
 */
export async function readOAuthForm(request: IncomingMessage): Promise<OAuthForm> {
  const form = new URLSearchParams((await readBody(request, MAX_FORM_BYTES)).toString('utf8'));
  const query = new URLSearchParams(request.url?.split('?')[1] ?? '');
  for (const name of NEVER_IN_QUERY) {
    if (query.has(name)) throw invalidRequest(`${name} must not be in the query; send it in the body`);
  }
  for (const parameters of [form, query]) refuseRepeated(parameters);
  const get = (name: string): string | null => form.get(name) || null;
  const getAnywhere = (name: string): string | null => {
    const [inForm, inQuery] = [get(name), query.get(name) || null];
    if (inForm === null || inQuery === null || inForm === inQuery) return inForm ?? inQuery;
    throw invalidRequest(`${name} is one thing in the query and another in the body`);
  };
  return { get, getAnywhere };
}

/** RFC 6749 section 3.2. */
function refuseRepeated(parameters: URLSearchParams): void {
  const seen = new Set<string>();
  for (const name of parameters.keys()) {
    if (seen.has(name)) throw invalidRequest(`${printable(name, 32)} is given twice; send it once`);
    seen.add(name);
  }
}
