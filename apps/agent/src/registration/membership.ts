import type { Clock, Log } from '@dcvsm/runtime';
import type { AgentConfig } from '../config/agent-config.js';
import type { Platform } from '../config/platform.js';
import { register, requestToken, type TokenResult } from './broker-answers.js';
import { loadCredentials, saveCredentials, type Credentials } from './credentials-file.js';
import { NotAdmitted } from './not-admitted.js';
import { howToGetOne, readStatement } from './statement-file.js';

/** This host as it registers. */
export interface Applicant {
  readonly hostname: string;
  readonly serverId: string;
  /** Ids that this same host had before. */
  readonly previousServerIds: readonly string[];
}

export interface MembershipOptions {
  readonly broker: AgentConfig['broker'];
  readonly statement: AgentConfig['statement'];
  readonly platform: Platform;
  readonly credentialsFile: string;
  readonly clock: Clock;
  readonly log: Log;
  /** The host as it is now. */
  readonly applicant: () => Promise<Applicant>;
}

/** What the agent asks of its membership. */
export type Admission = Pick<Membership, 'token' | 'renewed' | 'renewalPeriodMs' | 'refused' | 'welcomed'>;

interface Bearer {
  readonly token: string;
  readonly lifetimeMs: number;
  readonly expiresAtMs: number;
}

/** A token is renewed when less than this part of its life is left. */
const RENEWED_BELOW = 0.25;

/**
 * This host's membership of a fleet: it registers once with its software statement, keeps the credentials in a file of its
 * own, and gets access tokens for its links. A broker that wants no tokens gets none.
 */
export class Membership {
  readonly #options: MembershipOptions;
  #bearer: Bearer | null = null;

  constructor(options: MembershipOptions) {
    this.#options = options;
  }

  /** A token for a new link; null: there is none to show. @rejects NotAdmitted, or the system's error */
  async token(): Promise<string | null> {
    if (!this.#isDue()) return this.#bearer?.token ?? null;
    const applicant = await this.#options.applicant();
    const credentials = (await this.#ownCredentials(applicant)) ?? (await this.#register(applicant));
    if (credentials === null) return null;
    const result = await this.#ask(credentials);
    if (result.kind !== 'refused') return this.#keep(result);
    if (result.why !== 'unknown-client') throw this.#turnedAway(result);
    this.#options.log.warn(
      { clientId: credentials.clientId },
      'the broker does not know this agent any more; it registers anew',
    );
    const fresh = await this.#register(applicant);
    if (fresh === null) throw new NotAdmitted(result.words, howToGetOne(this.#options.statement.file));
    const again = await this.#ask(fresh);
    if (again.kind === 'refused') throw this.#turnedAway(again);
    return this.#keep(again);
  }

  /** How often to ask for `renewed`; null: no token was shown, so none needs to be renewed. */
  get renewalPeriodMs(): number | null {
    return this.#bearer === null ? null : this.#bearer.lifetimeMs / 20;
  }

  /** A newer token for the link that there is, if it is time for one; else null. */
  async renewed(): Promise<string | null> {
    if (!this.#isDue()) return null;
    const credentials = await this.#ownCredentials(await this.#options.applicant());
    if (credentials === null) return null;
    const result = await this.#ask(credentials);
    if (result.kind === 'refused') throw this.#turnedAway(result);
    return this.#keep(result);
  }

  /** The broker did not accept the token, or wants one; what to do is for the log. */
  refused(words: string, retryAfterMs: number): NotAdmitted {
    const hadToken = this.#bearer !== null;
    this.#bearer = null;
    const remedy = hadToken
      ? 'none is needed: the agent gets a new token'
      : howToGetOne(this.#options.statement.file);
    return new NotAdmitted(words, remedy, retryAfterMs);
  }

  /** The broker knows this host as `serverId` now. */
  async welcomed(serverId: string): Promise<void> {
    if (this.#bearer === null) return;
    const credentials = await loadCredentials(this.#options.credentialsFile, this.#options.platform);
    if (credentials === null || credentials.serverId === serverId) return;
    await saveCredentials(this.#options.credentialsFile, { ...credentials, serverId });
  }

  #isDue(): boolean {
    if (this.#bearer === null) return true;
    const leftMs = this.#bearer.expiresAtMs - this.#options.clock.monotonicMs();
    return leftMs < this.#bearer.lifetimeMs * RENEWED_BELOW;
  }

  /** Null: there are none, or those of the machine whose disk this one is a copy of. */
  async #ownCredentials({ serverId, previousServerIds }: Applicant): Promise<Credentials | null> {
    const { credentialsFile: file, platform, log } = this.#options;
    const credentials = await loadCredentials(file, platform);
    if (credentials === null) return null;
    if ([serverId, ...previousServerIds].includes(credentials.serverId)) return credentials;
    log.warn(
      { file },
      'the credentials are those of another server id: this disk is a copy, or the identity was lost',
    );
    return null;
  }

  /** Null: this host has no statement, or the broker wants none. */
  async #register({ hostname, serverId }: Applicant): Promise<Credentials | null> {
    const { broker, statement: place, platform, credentialsFile: file, log } = this.#options;
    const statement = await readStatement(place, platform);
    if (statement === null) return null;
    const result = await register(broker, statement, hostname);
    if (result.kind === 'not-asked-for') return null;
    if (result.kind === 'refused') {
      throw new NotAdmitted(
        `the broker refused to register this agent: ${result.reason}`,
        howToGetOne(place.file),
      );
    }
    const { clientId, clientSecret } = result;
    const credentials = { clientId, clientSecret, serverId };
    log.info({ clientId, serverId, file }, 'registered with the broker');
    await saveCredentials(file, credentials);
    return credentials;
  }

  #ask(credentials: Credentials): Promise<TokenResult> {
    return requestToken(this.#options.broker, credentials);
  }

  #keep(result: Exclude<TokenResult, { kind: 'refused' }>): string | null {
    if (result.kind === 'not-asked-for') {
      this.#bearer = null;
      return null;
    }
    const { token, lifetimeMs } = result;
    this.#bearer = { token, lifetimeMs, expiresAtMs: this.#options.clock.monotonicMs() + lifetimeMs };
    return token;
  }

  #turnedAway({ words }: Extract<TokenResult, { kind: 'refused' }>): NotAdmitted {
    this.#bearer = null;
    const { credentialsFile } = this.#options;
    const remedy = `if this host is to join again, remove ${credentialsFile}; it then registers with its software statement`;
    return new NotAdmitted(`the broker refused a token: ${words}`, remedy);
  }
}
