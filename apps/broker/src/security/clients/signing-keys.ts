import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import type { Clock } from '@dcvsm/runtime';
import { z } from 'zod';
import type { Store } from '../../store/store.js';
import type { VerifyingKey } from './jws.js';
import { Registry, type Entry } from '../registry.js';

const SigningKeyBody = z.object({
  /** PEM. */
  publicKey: z.string(),
  /** PEM; null for a key that signs nothing any more. */
  privateKey: z.string().nullable(),
  /** When the last token that it signed has expired; null while it signs. */
  verifiesUntilMs: z.number().nullable(),
});
type SigningKeyBody = z.infer<typeof SigningKeyBody>;

/** A public key as RFC 7517 has it. */
export interface PublishedKey {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly y: string;
  readonly kid: string;
  readonly use: 'sig';
  readonly alg: 'ES256';
}

const Coordinates = z.object({ kty: z.string(), crv: z.string(), x: z.string(), y: z.string() });

/** Makes a signing key as PEM. */
export function newSigningKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}

/**
 * The keys behind the broker's own access tokens. The newest signs; those before it verify until the last token that
 * they signed has expired, and are forgotten then.
 */
export class SigningKeys {
  readonly #registry: Registry<SigningKeyBody>;
  readonly #clock: Clock;
  readonly #tokenLifetimeMs: number;
  /** Earlier releases signed with this one and named no key in the token. */
  readonly #unnamedKeyId: string;
  readonly #privateKeys = new Map<string, KeyObject>();
  readonly #verifyingKeys = new Map<string, VerifyingKey>();

  private constructor(options: {
    registry: Registry<SigningKeyBody>;
    clock: Clock;
    tokenLifetimeMs: number;
    unnamedKeyId: string;
  }) {
    this.#registry = options.registry;
    this.#clock = options.clock;
    this.#tokenLifetimeMs = options.tokenLifetimeMs;
    this.#unnamedKeyId = options.unnamedKeyId;
  }

  /** Takes over the one key that earlier releases kept as a secret, or makes the first one. */
  static async load(store: Store, clock: Clock, tokenLifetimeMs: number): Promise<SigningKeys> {
    const pem = await store.secret('access-token-key', newSigningKey());
    const first = signing(pem, clock);
    let registry = await Registry.load(store, 'signing-key', SigningKeyBody);
    if (registry.list().length === 0) {
      await registry.add(first);
      // Another broker of the same store may have been faster, or be ahead already.
      registry = await Registry.load(store, 'signing-key', SigningKeyBody);
    }
    return new SigningKeys({ registry, clock, tokenLifetimeMs, unnamedKeyId: first.id });
  }

  /** The key that signs now. */
  current(): { readonly id: string; readonly privateKey: KeyObject } {
    const { id, body } = this.#newest();
    const known = this.#privateKeys.get(id);
    if (known !== undefined) return { id, privateKey: known };
    if (body.privateKey === null) throw new Error('there is no key to sign with');
    const privateKey = createPrivateKey(body.privateKey);
    this.#privateKeys.set(id, privateKey);
    return { id, privateKey };
  }

  /** The key that verifies tokens that name it, or that name none; undefined if there is none, or not any more. */
  find(keyId: string | undefined): VerifyingKey | undefined {
    const id = keyId ?? this.#unnamedKeyId;
    const entry = this.#registry.get(id);
    if (entry === undefined || !this.#verifies(entry.body)) return undefined;
    const known = this.#verifyingKeys.get(id);
    if (known !== undefined) return known;
    const key = { publicKey: createPublicKey(entry.body.publicKey), algorithm: 'ES256' } as const;
    this.#verifyingKeys.set(id, key);
    return key;
  }

  /** The public keys that still verify something, oldest first. */
  published(): readonly PublishedKey[] {
    const verifying = this.#registry.list().filter(({ body }) => this.#verifies(body));
    return verifying.map(({ id, body }) => {
      const coordinates = Coordinates.parse(createPublicKey(body.publicKey).export({ format: 'jwk' }));
      return { ...coordinates, kid: id, use: 'sig', alg: 'ES256' };
    });
  }

  /**
   * Makes a new key that signs from now on, and resolves with its id. With `revoke` tokens of the former keys stop
   * working at once, else those already issued live out their time.
   */
  async renew(options: { readonly revoke: boolean }): Promise<string> {
    const key = signing(newSigningKey(), this.#clock);
    await this.#registry.add(key);
    if (options.revoke) {
      const former = this.#registry.list().filter(({ id }) => id !== key.id);
      for (const { id } of former) await this.#forget(id);
    } else await this.retireFormer();
    return key.id;
  }

  /** Takes the private half from every key but the newest; also mends a renewal that was cut short. */
  async retireFormer(): Promise<void> {
    const newest = this.#newest().id;
    const verifiesUntilMs = this.#clock.now() + this.#tokenLifetimeMs;
    for (const { id } of this.#registry.list().filter((entry) => entry.id !== newest)) {
      const retired = ({ body }: Entry<SigningKeyBody>) =>
        body.privateKey === null ? null : { body: { ...body, privateKey: null, verifiesUntilMs } };
      await this.#registry.change(id, retired);
      this.#privateKeys.delete(id);
    }
  }

  /** Forgets the keys whose last token has expired. */
  async forgetEnded(): Promise<void> {
    const ended = this.#registry.list().filter(({ body }) => !this.#verifies(body));
    for (const { id } of ended) await this.#forget(id);
  }

  async #forget(id: string): Promise<void> {
    await this.#registry.remove(id);
    this.#privateKeys.delete(id);
    this.#verifyingKeys.delete(id);
  }

  #newest(): Entry<SigningKeyBody> {
    const newest = this.#registry.list().findLast(({ body }) => body.privateKey !== null);
    if (newest === undefined) throw new Error('there is no key to sign with');
    return newest;
  }

  #verifies({ verifiesUntilMs }: SigningKeyBody): boolean {
    return verifiesUntilMs === null || verifiesUntilMs > this.#clock.now();
  }
}

function signing(privateKey: string, clock: Clock): Entry<SigningKeyBody> {
  const key = createPublicKey(privateKey);
  const publicKey = key.export({ type: 'spki', format: 'pem' }) as string;
  const body = { publicKey, privateKey, verifiesUntilMs: null };
  return { id: thumbprint(key), uniqueName: null, createdAtMs: clock.now(), body };
}

/** RFC 7638: the id follows from the key, so that brokers that take over the same key agree on it. */
function thumbprint(key: KeyObject): string {
  const { crv, kty, x, y } = Coordinates.parse(key.export({ format: 'jwk' }));
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
}
