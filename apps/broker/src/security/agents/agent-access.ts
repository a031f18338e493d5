import type { Socket } from 'node:net';
import type { Clock, Ids, Log } from '@dcvsm/runtime';
import type { Store } from '../../store/store.js';
import { AgentAttempts } from './agent-attempts.js';
import { AgentClients } from './agent-clients.js';
import { AgentTokens } from './agent-tokens.js';
import { hasTrustedCertificate } from '../certificates/trusted-peer.js';
import { defaultStatementFile, keepStatementFile } from './software-statement-file.js';
import { SoftwareStatements } from './software-statements.js';

export interface AgentAccessOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Agents need a token (`enable-agent-authorization`). */
  readonly isRequired: boolean;
  /** Accept statements of the original's form, if they were generated here. */
  readonly allowsOriginalForm: boolean;
  /** Agents need a TLS certificate of their own as well (`enable-tls-client-auth-agent`). */
  readonly requiresCertificate: boolean;
}

/** For how long an agent may hold a link, and as which client. */
export interface AgentGrant {
  readonly clientId: string;
  readonly expiresAtMs: number;
}

export type AgentVerdict =
  | { readonly kind: 'granted'; readonly grant: AgentGrant }
  | { readonly kind: 'refused'; readonly reason: string };

/** Everything by which agents prove who they are. */
export class AgentAccess {
  readonly attempts = new AgentAttempts();

  private constructor(
    /** False: whoever reaches the agent port may say that it is a host; tokens are not looked at. */
    readonly isRequired: boolean,
    readonly requiresCertificate: boolean,
    readonly statements: SoftwareStatements,
    readonly clients: AgentClients,
    readonly tokens: AgentTokens,
  ) {}

  static async load(options: AgentAccessOptions): Promise<AgentAccess> {
    const { store, clock, ids } = options;
    const secret = await store.secret('agent-token-key', ids.secret(32));
    return new AgentAccess(
      options.isRequired,
      options.requiresCertificate,
      await SoftwareStatements.load(options),
      await AgentClients.load(store, clock, ids),
      new AgentTokens({ secret, clock, ids }),
    );
  }

  /** Why the peer of a connection may not even ask, or null. DCV servers on the same port need no certificate. */
  certificateProblem(socket: Socket): string | null {
    if (!this.requiresCertificate || hasTrustedCertificate(socket)) return null;
    return 'this broker wants a TLS certificate of agents; set agent.cert_file and agent.key_file in agent.conf';
  }

  /** What a token is good for now. */
  judge(token: string): AgentVerdict {
    const read = this.tokens.read(token);
    if (read.kind === 'invalid') return { kind: 'refused', reason: read.reason };
    const { clientId, expiresAtMs } = read;
    if (!this.clients.isActive(clientId))
      return { kind: 'refused', reason: 'the agent client was unregistered' };
    return { kind: 'granted', grant: { clientId, expiresAtMs } };
  }
}

/**
 * The above, with the statement that operators copy to hosts together with the CA: a file that is there while agents need
 * one and may use it.
 */
export async function openAgentAccess(
  options: AgentAccessOptions & { readonly workingPath: string; readonly log: Log },
): Promise<AgentAccess> {
  const access = await AgentAccess.load(options);
  if (!access.isRequired) return access;
  const file = defaultStatementFile(options.workingPath);
  const statement = await access.statements.initial();
  await keepStatementFile(file, statement);
  const { id: statementId, isActive } = statement;
  options.log.info(
    { file, statementId, isActive },
    'agents register with a software statement; this is the default one',
  );
  return access;
}
