import type { Ids, Log } from '@dcvsm/runtime';
import { identityFor, loadIdentity, saveIdentity, type HostNames, type Identity } from './identity.js';

export interface IdentityKeeperOptions {
  readonly file: string;
  readonly ids: Ids;
  readonly log: Log;
}

/** Keeps this host's identity in step with its name and address, in memory and on disk. */
export class IdentityKeeper {
  readonly #options: IdentityKeeperOptions;
  #identity: Identity | null = null;
  #loaded = false;

  constructor(options: IdentityKeeperOptions) {
    this.#options = options;
  }

  /** The identity for the host as it is now; `changed` if it is another one than at the last call. */
  async observe(host: HostNames): Promise<{ readonly identity: Identity; readonly changed: boolean }> {
    if (!this.#loaded) await this.#load();
    const before = this.#identity;
    const identity = identityFor(before, host, () => this.#options.ids.uuid());
    if (identity !== before) {
      const { serverId, hostname, ip } = identity;
      this.#options.log.info(
        { serverId, hostname, ip, before: before?.serverId },
        'this host has a new server id',
      );
      await this.#keep(identity);
    }
    return { identity, changed: before !== null && before.serverId !== identity.serverId };
  }

  /** The broker accepted this id together with the older ones, which have served their purpose. */
  async welcomed(serverId: string): Promise<void> {
    const identity = this.#identity;
    if (identity?.serverId !== serverId || identity.previousServerIds.length === 0) return;
    await this.#keep({ ...identity, previousServerIds: [] });
  }

  async #load(): Promise<void> {
    const { file, log } = this.#options;
    const { identity, problem } = await loadIdentity(file);
    if (problem !== undefined)
      log.warn({ file }, `the identity file ${problem}; this host gets a new server id`);
    this.#identity = identity;
    this.#loaded = true;
  }

  /** A disk that cannot be written costs the identity at the next start, not the service now. */
  async #keep(identity: Identity): Promise<void> {
    this.#identity = identity;
    const { file, log } = this.#options;
    try {
      await saveIdentity(file, identity);
    } catch (cause) {
      log.error({ err: cause, file }, 'the server id cannot be kept; the next start makes another one');
    }
  }
}
