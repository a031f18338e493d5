import { NotAdmitted } from '../../../agent/src/registration/not-admitted.js';
import type { Admission } from '../../../agent/src/registration/membership.js';
import type { AgentAccess } from '../../../broker/src/security/agents/agent-access.js';
import type { ProcessClock } from './computer.js';

export interface HostCredentials {
  readonly clientId: string;
}

export interface SimMembershipOptions {
  readonly disk: { credentials: HostCredentials | null };
  readonly clock: ProcessClock;
  readonly name: string;
  readonly ask: <T>(question: (agents: AgentAccess) => Promise<T>) => Promise<T>;
}

const LIFETIME_MS = 3_600_000;

/** As the agent's own, without files and TLS: registers once, keeps the credentials, and renews its token in time. */
export class SimMembership implements Admission {
  readonly #options: SimMembershipOptions;
  #bearer: { readonly token: string; readonly untilMs: number } | null = null;

  constructor(options: SimMembershipOptions) {
    this.#options = options;
  }

  async token(): Promise<string | null> {
    const { disk, clock, name, ask } = this.#options;
    if (this.#bearer !== null && !this.#isDue()) return this.#bearer.token;
    if (!(await ask(async (agents) => agents.isRequired))) return null;
    disk.credentials ??= await ask(async ({ clients, statements }) => {
      const { id: statementId } = await statements.initial();
      return { clientId: (await clients.register({ name, statementId, tags: null })).id };
    });
    const { clientId } = disk.credentials;
    const token = await ask(async ({ tokens }) => tokens.issue(clientId));
    this.#bearer = { token, untilMs: clock.monotonicMs() + LIFETIME_MS };
    return token;
  }

  get renewalPeriodMs(): number | null {
    return this.#bearer === null ? null : LIFETIME_MS / 20;
  }

  async renewed(): Promise<string | null> {
    return this.#isDue() ? this.token() : null;
  }

  refused(words: string, retryAfterMs: number): NotAdmitted {
    this.#bearer = null;
    return new NotAdmitted(words, 'none is needed', retryAfterMs);
  }

  async welcomed(): Promise<void> {}

  #isDue(): boolean {
    return (
      this.#bearer === null || this.#bearer.untilMs - this.#options.clock.monotonicMs() < LIFETIME_MS / 4
    );
  }
}
