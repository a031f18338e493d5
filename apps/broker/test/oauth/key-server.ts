import { createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SigningKey {
  readonly kid: string;
  readonly key: KeyObject;
}

export const rsaKey = (kid: string): SigningKey => ({
  kid,
  key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
});
export const p256Key = (kid: string): SigningKey => ({
  kid,
  key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
});

export function publicJwk({ kid, key }: SigningKey): object {
  return { ...createPublicKey(key).export({ format: 'jwk' }), kid, use: 'sig' };
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token as a server of that key would sign it: RS256 or ES256, unless the header says otherwise. */
export function signedToken({ kid, key }: SigningKey, claims: object, header: object = {}): string {
  const alg = key.asymmetricKeyType === 'rsa' ? 'RS256' : 'ES256';
  const text = `${encode({ alg, kid, typ: 'JWT', ...header })}.${encode(claims)}`;
  const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}

/** An authorization server as far as a broker sees it: an address with keys. Counts how often it is asked. */
export class KeyServer implements AsyncDisposable {
  asked = 0;
  /** What it answers instead of its keys. */
  misbehave: RequestListener | null = null;
  keys: readonly object[] = [];
  readonly #server = createServer((request, response) => {
    this.asked += 1;
    if (this.misbehave !== null) return this.misbehave(request, response);
    response.end(JSON.stringify({ keys: this.keys }));
  });

  static async start(...keys: readonly SigningKey[]): Promise<KeyServer> {
    const server = new KeyServer();
    server.keys = keys.map(publicJwk);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/.well-known/jwks.json`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}
