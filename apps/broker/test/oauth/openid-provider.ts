import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

export type ProviderAlgorithm = 'RS256' | 'PS256' | 'ES256' | 'EdDSA';

const CLIENT = { clientId: 'portal', clientSecret: 'a-secret-of-the-test-and-of-nothing-else' };

/** `oidc-provider`, as a worker of this process. */
export class OpenIdProvider implements AsyncDisposable {
  private constructor(
    readonly issuer: string,
    readonly worker: Worker,
  ) {}

  /** Without `alg` its keys say nothing of their algorithm, as those of Azure AD. */
  static async start({ alg }: { readonly alg: boolean }): Promise<OpenIdProvider> {
    const keys = [
      jwk(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey, alg ? 'RS256' : null),
      ...(alg ? [jwk(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey, 'PS256')] : []),
      jwk(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, alg ? 'ES256' : null),
      jwk(generateKeyPairSync('ed25519').privateKey, alg ? 'EdDSA' : null),
    ];
    const worker = new Worker(join(__dirname, 'oidc-provider.mjs'), {
      workerData: { keys, ...CLIENT },
      // It warns that its address is not https.
      stdout: true,
      stderr: true,
    });
    const [issuer] = (await once(worker, 'message')) as [string];
    return new OpenIdProvider(issuer, worker);
  }

  get jwksUrl(): string {
    return `${this.issuer}/jwks`;
  }

  async token(algorithm: ProviderAlgorithm): Promise<string> {
    const { clientId, clientSecret } = CLIENT;
    const answer = await fetch(`${this.issuer}/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope: 'desktops',
        resource: `urn:test:${algorithm}`,
      }).toString(),
    });
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`the provider answered ${answer.status}: ${text}`);
    return (JSON.parse(text) as { access_token: string }).access_token;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.worker.terminate();
  }
}

function jwk(key: KeyObject, alg: string | null): object {
  return { ...key.export({ format: 'jwk' }), use: 'sig', ...(alg !== null && { alg }) };
}
