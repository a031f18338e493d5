import { createHmac, timingSafeEqual } from 'node:crypto';
import { Tag } from '@dcvsm/protocol';
import type { Clock, Ids } from '@dcvsm/runtime';
import { z } from 'zod';
import type { Store } from '../../store/store.js';
import { Registry, type Entry } from '../registry.js';

/** As many former server ids of a host as a hello can name. */
const MAX_FORMER_IDS = 16;

/** The unique name of the registration is the server id that the client holds now. */
const AgentClientBody = z.object({
  name: z.string(),
  active: z.boolean(),
  /** HMAC-SHA-256 of the secret with the store's pepper, base64url. */
  secretHash: z.string(),
  statementId: z.string(),
  /** The only tags that its host may claim; null: whatever it likes. */
  tags: z.array(Tag).nullable(),
  /** Server ids that it held before, oldest first. */
  formerServerIds: z.array(z.string()),
});
type AgentClientBody = z.infer<typeof AgentClientBody>;

/** An agent client as operators see it. */
export interface AgentClient {
  readonly id: string;
  readonly name: string;
  readonly active: boolean;
}

export interface NewAgentClient {
  readonly name: string;
  readonly statementId: string;
  readonly tags: readonly Tag[] | null;
}

export interface AgentCredentials {
  readonly id: string;
  /** Said once; only its keyed hash is kept. */
  readonly secret: string;
  readonly issuedAtMs: number;
}

export type Authentication = 'accepted' | 'unknown-client' | 'unregistered' | 'wrong-secret';

export type ServerClaim =
  | { readonly kind: 'granted'; readonly formerServerIds: readonly string[] }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * The agents that registered. Each holds one server id, the one it linked as: nobody else can link as that server, and
 * it can change the id only by saying which one it had, as a renamed host does.
 */
export class AgentClients {
  readonly #registry: Registry<AgentClientBody>;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #pepper: Buffer;
  readonly #onUnregistered = new Set<(clientId: string) => void>();

  private constructor(registry: Registry<AgentClientBody>, clock: Clock, ids: Ids, pepper: string) {
    this.#registry = registry;
    this.#clock = clock;
    this.#ids = ids;
    this.#pepper = Buffer.from(pepper, 'base64url');
  }

  static async load(store: Store, clock: Clock, ids: Ids): Promise<AgentClients> {
    const pepper = await store.secret('agent-client-pepper', ids.secret(32));
    const registry = await Registry.load(store, 'agent-client', AgentClientBody);
    return new AgentClients(registry, clock, ids, pepper);
  }

  async register({ name, statementId, tags }: NewAgentClient): Promise<AgentCredentials> {
    const credentials = { id: this.#ids.uuid(), secret: this.#ids.secret(32), issuedAtMs: this.#clock.now() };
    const body: AgentClientBody = {
      name,
      active: true,
      secretHash: this.#hash(credentials.secret),
      statementId,
      tags: tags === null ? null : [...tags],
      formerServerIds: [],
    };
    const { id, issuedAtMs: createdAtMs } = credentials;
    const added = await this.#registry.add({ id, uniqueName: null, createdAtMs, body });
    if (added !== 'added') throw new Error('an id was made twice');
    return credentials;
  }

  /** Active or not, oldest first. */
  list(): readonly AgentClient[] {
    return this.#registry.list().map(({ id, body }) => ({ id, name: body.name, active: body.active }));
  }

  /**
   * The agent is out at once: its secret and its tokens are worth nothing, and its server id is free for another.
   * False: there is no such client.
   */
  async unregister(id: string): Promise<boolean> {
    const changed = await this.#registry.change(id, ({ body }) => ({
      body: { ...body, active: false },
      uniqueName: null,
    }));
    if (changed === null) return false;
    for (const listener of this.#onUnregistered) listener(id);
    return true;
  }

  /** `listener` is told of every client that is unregistered here from now on. */
  onUnregistered(listener: (clientId: string) => void): void {
    this.#onUnregistered.add(listener);
  }

  isActive(id: string): boolean {
    return this.#registry.get(id)?.body.active === true;
  }

  /** The only tags that the client's host may claim; null: whatever it likes. */
  tagsOf(id: string): readonly Tag[] | null {
    return this.#registry.get(id)?.body.tags ?? null;
  }

  /** Only who knows the secret learns that a client was unregistered. */
  authenticate(id: string, secret: string): Authentication {
    const client = this.#registry.get(id)?.body;
    const expected = Buffer.from(client?.secretHash ?? this.#hash(''), 'base64url');
    const matches = timingSafeEqual(expected, Buffer.from(this.#hash(secret), 'base64url'));
    if (client === undefined) return 'unknown-client';
    if (!matches) return 'wrong-secret';
    return client.active ? 'accepted' : 'unregistered';
  }

  /**
   * The client's host wants to link as `serverId`, and says which ids it had before. Grants those of them that were
   * really this client's, which is what allows the broker to move their sessions.
   */
  async claimServer(id: string, serverId: string, formerServerIds: readonly string[]): Promise<ServerClaim> {
    const client = this.#registry.get(id);
    if (client === undefined) return refused('the agent client is not registered');
    if (client.uniqueName !== serverId) {
      const problem = await this.#moveTo(client, serverId, formerServerIds);
      if (problem !== null) return refused(problem);
    }
    const own = this.#registry.get(id)?.body.formerServerIds ?? [];
    const granted = formerServerIds.filter((former) => own.includes(former) && !this.#isHeld(former));
    return { kind: 'granted', formerServerIds: granted };
  }

  /** Why not, or null. */
  async #moveTo(
    { id }: Entry<AgentClientBody>,
    serverId: string,
    formerServerIds: readonly string[],
  ): Promise<string | null> {
    let problem: string | null = null;
    const changed = await this.#registry.change(id, ({ body, uniqueName: held }) => {
      problem = whyNotMove(body, held, serverId, formerServerIds);
      // Another broker may have moved it meanwhile.
      if (problem !== null || held === serverId) return null;
      const others = body.formerServerIds.filter((known) => known !== serverId);
      const former = held === null ? others : [...others, held];
      return { body: { ...body, formerServerIds: former.slice(-MAX_FORMER_IDS) }, uniqueName: serverId };
    });
    if (changed !== 'name-taken') return problem;
    return 'this server id belongs to another agent client; if that one is gone for good, unregister it';
  }

  #isHeld(serverId: string): boolean {
    return this.#registry.list().some(({ uniqueName }) => uniqueName === serverId);
  }

  #hash(secret: string): string {
    return createHmac('sha256', this.#pepper).update(secret).digest('base64url');
  }
}

function whyNotMove(
  { active, formerServerIds: known }: AgentClientBody,
  held: string | null,
  serverId: string,
  named: readonly string[],
): string | null {
  if (!active) return 'the agent client was unregistered';
  if (held === null || held === serverId || named.includes(held) || known.includes(serverId)) return null;
  return 'its credentials are those of another server; if this disk is a copy, remove credentials.json from the data folder of this agent';
}

function refused(reason: string): ServerClaim {
  return { kind: 'refused', reason };
}
