import {
  listAuthServers,
  registerAuthServer,
  unregisterAuthServer,
  type AuthServerOptions,
} from '../../src/admin/auth-server-commands.js';
import { KeyServer, rsaKey, signedToken } from './key-server.js';
import { OAuthFleet, type Received } from './oauth-fleet.js';

/** Made once: it takes long. */
export const externalKey = rsaKey('k1');

/** A broker and an authorization server that is not registered yet. */
export class ExternalFleet implements AsyncDisposable {
  /** What the commands said on the standard error. */
  readonly warnings: string[] = [];

  private constructor(
    readonly oauth: OAuthFleet,
    readonly server: KeyServer,
  ) {}

  static async start(): Promise<ExternalFleet> {
    return new ExternalFleet(await OAuthFleet.start(), await KeyServer.start(externalKey));
  }

  register(options: AuthServerOptions = {}, url = this.server.url): Promise<string> {
    const warn = (words: string): void => void this.warnings.push(words);
    return registerAuthServer(this.oauth.fleet.broker.adminSocket, url, { options, warn });
  }

  unregister(url = this.server.url): Promise<string> {
    return unregisterAuthServer(this.oauth.fleet.broker.adminSocket, url);
  }

  list(details = false): Promise<string> {
    return listAuthServers(this.oauth.fleet.broker.adminSocket, { details });
  }

  get nowSeconds(): number {
    return Math.floor(this.oauth.fleet.clock.now() / 1000);
  }

  /** As Cognito has them for a program: no audience. */
  claims(changes: object = {}): object {
    return {
      sub: 'portal',
      client_id: 'portal',
      token_use: 'access',
      scope: 'dcv-session-manager/sm_scope',
      iss: 'https://cognito-idp.us-east-1.amazonaws.com/pool',
      iat: this.nowSeconds,
      exp: this.nowSeconds + 3600,
      jti: 'j1',
      ...changes,
    };
  }

  token(changes: object = {}): string {
    return signedToken(externalKey, this.claims(changes));
  }

  use(token: string): Promise<Received> {
    return this.oauth.use(token);
  }

  advance(ms: number): Promise<void> {
    return this.oauth.fleet.advance(ms);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.oauth[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
  }
}
