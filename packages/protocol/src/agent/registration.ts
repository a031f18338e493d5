import { z } from 'zod';
import { text } from '../api/scalars.js';

/** Where an agent registers itself on the agent listener (OAuth 2.0 Dynamic Client Registration, RFC 7591). */
export const AGENT_REGISTER_PATH = '/agent/register';

/** Where a registered agent gets its access tokens (RFC 6749 section 4.4, client credentials). */
export const AGENT_TOKEN_PATH = '/agent/oauth2/token';

/** Longer texts are no statement or token of ours. */
export const MAX_STATEMENT_CHARACTERS = 8192;
export const MAX_AGENT_TOKEN_CHARACTERS = 4096;

/** What an agent sends to register; metadata that is not known here is ignored (RFC 7591 section 2). */
export const AgentRegistrationRequest = z.object({
  software_statement: z.string().min(1).max(MAX_STATEMENT_CHARACTERS),
  /** For people: the name of the host. */
  client_name: text(256).optional(),
});
export type AgentRegistrationRequest = z.infer<typeof AgentRegistrationRequest>;

/** RFC 7591 section 3.2.1. The secret is said once. */
export const AgentRegistration = z.object({
  client_id: z.string().min(1).max(256),
  client_secret: z.string().min(1).max(1024),
  /** Seconds since 1970. */
  client_id_issued_at: z.int(),
  /** Seconds since 1970; 0: never. */
  client_secret_expires_at: z.int(),
});
export type AgentRegistration = z.infer<typeof AgentRegistration>;

/** RFC 7591 section 3.2.2. */
export const AgentRegistrationRefusal = z.object({
  error: z.enum(['invalid_software_statement', 'unapproved_software_statement', 'invalid_client_metadata']),
  error_description: z.string(),
});
export type AgentRegistrationRefusal = z.infer<typeof AgentRegistrationRefusal>;

/** RFC 6749 section 5.1. */
export const AgentToken = z.object({
  access_token: z.string().min(1).max(MAX_AGENT_TOKEN_CHARACTERS),
  token_type: z.literal('Bearer'),
  /** Seconds. */
  expires_in: z.int().min(1),
});
export type AgentToken = z.infer<typeof AgentToken>;

/**
 * RFC 6749 section 5.2, with what the agent has to know in order to do the right thing: `unknown-client` registers
 * anew (the broker lost its state), `unregistered` stays out (an operator wants that).
 */
export const AgentTokenRefusal = z.object({
  error: z.string().max(256),
  error_description: z.string(),
  reason: z.enum(['unknown-client', 'unregistered', 'wrong-secret']).optional(),
});
export type AgentTokenRefusal = z.infer<typeof AgentTokenRefusal>;
