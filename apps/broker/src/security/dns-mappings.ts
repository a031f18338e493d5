import type { Clock } from '@dcvsm/runtime';
import { z } from 'zod';
import { mappingKey, serverIdTypes, type DnsMapping } from '../domain/dns-mapping.js';
import type { Store } from '../store/store.js';
import { Registry } from './registry.js';

const MappingRecord: z.ZodType<DnsMapping> = z.object({
  serverIdType: z.enum(serverIdTypes),
  serverId: z.string(),
  internalDnsName: z.string().exactOptional(),
  externalDnsName: z.string().exactOptional(),
} satisfies Record<keyof DnsMapping, z.ZodType>);

/** The DNS names that operators registered for servers. Reading asks memory only: a gateway waits for it. */
export class DnsMappings {
  readonly #registry: Registry<DnsMapping>;
  readonly #clock: Clock;

  private constructor(registry: Registry<DnsMapping>, clock: Clock) {
    this.#registry = registry;
    this.#clock = clock;
  }

  static async load(store: Store, clock: Clock): Promise<DnsMappings> {
    return new DnsMappings(await Registry.load(store, 'dns-mapping', MappingRecord), clock);
  }

  /** Oldest first. */
  list(): DnsMapping[] {
    return this.#registry.list().map(({ body }) => body);
  }

  /** By `mappingKey`. */
  find(key: string): DnsMapping | undefined {
    return this.#registry.get(key)?.body;
  }

  /** Each replaces what was registered for the same server; the rest stays. */
  async register(mappings: readonly DnsMapping[]): Promise<void> {
    await Promise.all(mappings.map((mapping) => this.#put(mapping)));
  }

  /** As `register`, and nothing else stays. Whoever is asked for a name meanwhile gets the old or the new one. */
  async replaceAll(mappings: readonly DnsMapping[]): Promise<void> {
    await this.register(mappings);
    const kept = new Set(mappings.map(mappingKey));
    const others = this.#registry.list().filter(({ id }) => !kept.has(id));
    await Promise.all(others.map(({ id }) => this.#registry.remove(id)));
  }

  /** False: there is no such mapping. */
  unregister(mapping: Pick<DnsMapping, 'serverIdType' | 'serverId'>): Promise<boolean> {
    return this.#registry.remove(mappingKey(mapping));
  }

  async #put(mapping: DnsMapping): Promise<void> {
    const id = mappingKey(mapping);
    const entry = { id, uniqueName: null, createdAtMs: this.#clock.now(), body: mapping };
    for (;;) {
      if ((await this.#registry.change(id, () => ({ body: mapping }))) !== null) return;
      if ((await this.#registry.add(entry)) === 'added') return;
    }
  }
}
