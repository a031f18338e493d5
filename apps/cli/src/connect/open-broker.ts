import { readFileSync } from 'node:fs';
import { createClient, DEFAULT_RETRY } from '@dcvsm/client';
import { fetchTrusting, fetchTrustingAnybody, type NodeFetch } from '@dcvsm/client/node';
import type { CliContext } from '../cli-context.js';
import { CliError, EXIT } from '../exit-codes.js';
import type { Settings } from '../settings/settings.js';
import { tokenFolder } from '../settings/config-paths.js';
import { TokenFile } from '../tokens/token-file.js';
import type { Broker } from './broker.js';
import { traced } from './trace.js';

/** Makes the client that the settings describe; nothing is sent yet. `close` ends its connections. */
export function openBroker(
  context: CliContext,
  settings: Settings,
): { readonly broker: Broker; close(): Promise<void> } {
  const { credentials } = settings;
  const { fetch, close } = trust(context, settings);
  const debug = (line: string): void => {
    if (settings.debug) context.stderr.write(`debug: ${line}\n`);
  };
  debug(`configuration from ${settings.origins.join(', ')}`);
  const isRegistered = 'clientId' in credentials;
  const client = createClient({
    url: settings.brokerUrl,
    tokenUrl: settings.tokenUrl,
    credentials,
    retry: DEFAULT_RETRY,
    fetch: settings.debug ? traced(fetch, context.clock, debug) : fetch,
    ...(isRegistered &&
      settings.keepsTokens && {
        tokenStore: new TokenFile({
          folder: tokenFolder(context),
          key: [settings.tokenUrl, credentials.clientId, credentials.clientPassword],
          checksOwner: context.platform !== 'win32',
          debug,
        }),
      }),
  });
  return { broker: { context, settings, client, call: { signal: context.interrupted } }, close };
}

function trust(context: CliContext, { verifySsl, caBundle }: Settings): NodeFetch {
  if (!verifySsl) {
    context.stderr.write(
      'warning: the certificate of the broker is not verified, so anybody in between can read the password; ' +
        'better give --ca-bundle\n',
    );
    return fetchTrustingAnybody();
  }
  if (caBundle === undefined) return fetchTrusting(undefined);
  try {
    const pem = readFileSync(caBundle, 'utf8');
    if (!pem.includes('-----BEGIN CERTIFICATE-----')) throw new Error(`${caBundle} has no certificate in it`);
    return fetchTrusting(pem);
  } catch (cause) {
    throw new CliError(EXIT.configuration, `the CA bundle: ${(cause as Error).message}`, { cause });
  }
}
