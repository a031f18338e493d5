import { AGENT_REGISTER_PATH, AGENT_TOKEN_PATH } from '@dcvsm/protocol';
import type { Ids } from '@dcvsm/runtime';
import type { Express } from 'express';
import type { AgentEndpointDeps } from './agent-endpoint.js';
import { agentRegistrationEndpoint } from './agent-registration.js';
import { agentTokenEndpoint } from './agent-token.js';
import { boundedRefusals } from './bounded-refusals.js';
import { baseApp, endRoutes, refuseOtherMethods } from './base-app.js';
import { verifierEndpoint, type VerifierOptions } from './verifier-endpoint.js';

const VERIFIER_PATH = '/agent/validate-authentication-token';

export interface AgentAppOptions extends AgentEndpointDeps, VerifierOptions {
  readonly ids: Ids;
}

/** What listens on the agent port besides the agents' links. */
export function agentApp(options: AgentAppOptions): Express {
  const app = baseApp(options.ids);
  app.post(VERIFIER_PATH, verifierEndpoint(options));
  refuseOtherMethods(app, VERIFIER_PATH, 'POST');
  // Without agent authorization there are no such places, which tells agents that they need no token.
  if (options.agents.isRequired) {
    const deps = { ...options, audit: boundedRefusals(options.audit, options.clock) };
    app.post(AGENT_REGISTER_PATH, agentRegistrationEndpoint(deps));
    refuseOtherMethods(app, AGENT_REGISTER_PATH, 'POST');
    app.post(AGENT_TOKEN_PATH, agentTokenEndpoint(deps));
    refuseOtherMethods(app, AGENT_TOKEN_PATH, 'POST');
  }
  endRoutes(app, options.log);
  return app;
}
