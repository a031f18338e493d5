import type { Hello, Report, Tag } from '@dcvsm/protocol';
import type { Clock, Log } from '@dcvsm/runtime';
import type { AgentAccess, AgentGrant } from '../security/agents/agent-access.js';
import { unclaimableKeys, withClaimableTags } from './claimed-tags.js';
import { HandshakeRefused } from './handshake.js';

/** By what right an agent holds a link: as which client, until when, with which tags. */
export class LinkRight {
  readonly #agents: AgentAccess;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #tags: readonly Tag[] | null;
  #untilMs = Infinity;
  #complainedOf = '';

  /** @param grant null where agents need no token: then whoever says that it is a host is one */
  constructor(
    readonly grant: AgentGrant | null,
    options: { readonly agents: AgentAccess; readonly clock: Clock; readonly log: Log },
  ) {
    this.#agents = options.agents;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#tags = grant === null ? null : options.agents.clients.tagsOf(grant.clientId);
    if (grant !== null) this.#lastUntil(grant);
  }

  get clientId(): string | null {
    return this.grant?.clientId ?? null;
  }

  /** Why the link may not go on, or null. */
  problem(): string | null {
    if (this.grant === null) return null;
    if (!this.#agents.clients.isActive(this.grant.clientId)) return 'the agent client was unregistered';
    const isOver = this.#clock.monotonicMs() >= this.#untilMs;
    return isOver ? 'the access token has expired, and no newer one was shown' : null;
  }

  /** Takes a newer token of the same client. Why not, or null. */
  renew(token: string): string | null {
    if (this.grant === null) return null;
    const verdict = this.#agents.judge(token);
    if (verdict.kind === 'refused') return verdict.reason;
    if (verdict.grant.clientId !== this.grant.clientId)
      return 'the access token is that of another agent client';
    this.#lastUntil(verdict.grant);
    return null;
  }

  /** The hello as far as its agent may say it. @throws HandshakeRefused when it is of a server that is not its own */
  async claim(hello: Hello): Promise<Hello> {
    const report = this.claimable(hello.serverId, hello.report);
    if (this.grant === null) return { ...hello, report };
    const { serverId, previousServerIds } = hello;
    const claim = await this.#agents.clients.claimServer(this.grant.clientId, serverId, previousServerIds);
    if (claim.kind === 'refused') throw new HandshakeRefused(claim.reason);
    return { ...hello, report, previousServerIds: [...claim.formerServerIds] };
  }

  /** The report without the tags that this agent may not claim, of which the log is told once. */
  claimable(serverId: string, report: Report): Report {
    const keys = unclaimableKeys(report.facts, this.#tags);
    const complaint = keys.join('\n');
    if (keys.length > 0 && complaint !== this.#complainedOf) {
      const words =
        'dropped tags that this host may not claim: built-in ones, or not in its software statement';
      this.#log.warn({ serverId, clientId: this.clientId, keys }, words);
    }
    this.#complainedOf = complaint;
    return withClaimableTags(report, this.#tags);
  }

  #lastUntil({ expiresAtMs }: AgentGrant): void {
    this.#untilMs = this.#clock.monotonicMs() + expiresAtMs - this.#clock.now();
  }
}
