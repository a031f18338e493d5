import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Credentials, ReadyToken } from '@dcvsm/client';
import type { CliContext } from '../cli-context.js';
import type { CommonOptions } from '../common-options.js';
import { badValue, CliError, EXIT } from '../exit-codes.js';
import { readConfigFile, type ConfigFile } from './config-file.js';
import { configPaths } from './config-paths.js';
import { SettingSources, type Given } from './setting-sources.js';
import { brokerBase, ownTokenUrl, parseWebUrl } from './urls.js';

export type OutputFormat = 'json' | 'table';

/** Everything that a command needs to know before it talks to the broker. */
export interface Settings {
  readonly outputFormat: OutputFormat;
  readonly debug: boolean;
  readonly strict: boolean;
  readonly brokerUrl: string;
  readonly tokenUrl: string;
  readonly credentials: Credentials | ReadyToken;
  readonly verifySsl: boolean;
  /** Absolute; undefined: the system's CAs. */
  readonly caBundle: string | undefined;
  readonly keepsTokens: boolean;
  /** Where the values came from, for `--debug`. */
  readonly origins: readonly string[];
}

/** The command line counts more than the environment, and that more than the file. @throws CliError */
export function readSettings(context: CliContext, options: CommonOptions): Settings {
  const file = readConfigFile(context, options.conf);
  const from = new SettingSources(context.env, file);
  const base = readBrokerUrl(from, options, missingPlaces(context, file));
  const auth = from.first(
    from.line('--auth-server-url', options.authServerUrl),
    from.variable('DCV_SM_AUTH_SERVER_URL'),
    from.key('authentication', 'auth-server-url'),
  );
  return {
    outputFormat: readOutputFormat(from, options),
    debug: options.debug ?? from.flag('output', 'debug') ?? false,
    strict: options.strict ?? false,
    brokerUrl: base,
    tokenUrl: auth === undefined ? ownTokenUrl(base) : readAuthUrl(auth),
    credentials: readCredentials(from, missingPlaces(context, file)),
    verifySsl: options.verifySsl && from.flag('security', 'no-verify-ssl') !== true,
    caBundle: readCaBundle(context, from, options, file),
    keepsTokens: options.tokenCache && from.flag('authentication', 'token-cache') !== false,
    origins: from.origins,
  };
}

function readBrokerUrl(from: SettingSources, options: CommonOptions, places: string): string {
  const given = from.first(from.line('--broker-url', options.brokerUrl), from.key('broker', 'url'));
  if (given === undefined) {
    throw new CliError(
      EXIT.configuration,
      `the URL of the broker is missing; give --broker-url, or url in section [broker] of ${places}`,
    );
  }
  const base = brokerBase(given.value);
  if (base === undefined) throw wrong(given, 'is no URL of a broker; write one such as https://broker:8443');
  return base;
}

function readAuthUrl(given: Given): string {
  const url = parseWebUrl(given.value);
  if (url === undefined) throw wrong(given, 'is no URL; write one such as https://host/oauth2/token');
  return given.value.includes('://') ? given.value : `https://${given.value}`;
}

function readOutputFormat(from: SettingSources, { outputFormat }: CommonOptions): OutputFormat {
  const given = from.first(from.line('--output-format', outputFormat), from.key('output', 'output-format'));
  const value = given?.value.toLowerCase() ?? 'json';
  if (value === 'json' || value === 'table') return value;
  throw wrong(given ?? { value, origin: '--output-format', isOption: true }, 'is not json or table');
}

function readCredentials(from: SettingSources, places: string): Credentials | ReadyToken {
  const token = from.first(from.variable('DCV_SM_OAUTH2_TOKEN'));
  if (token !== undefined) return { accessToken: token.value };
  const id = from.first(from.variable('DCV_SM_CLIENT_ID'), from.key('authentication', 'client-id'));
  const password = from.first(
    from.variable('DCV_SM_CLIENT_PASSWORD'),
    from.key('authentication', 'client-password'),
  );
  if (id !== undefined && password !== undefined) {
    return { clientId: id.value, clientPassword: password.value };
  }
  const [name, variable, key] =
    id === undefined
      ? ['client id', 'DCV_SM_CLIENT_ID', 'client-id']
      : ['client password', 'DCV_SM_CLIENT_PASSWORD', 'client-password'];
  throw new CliError(
    EXIT.configuration,
    `the ${name} is missing; set ${variable}, or ${key} in section [authentication] of ${places}. ` +
      'The broker makes both with: dcv-session-manager-broker register-api-client --client-name NAME',
  );
}

function readCaBundle(
  { workingFolder }: CliContext,
  from: SettingSources,
  { caBundle }: CommonOptions,
  file: ConfigFile | null,
): string | undefined {
  const given = from.first(from.line('--ca-bundle', caBundle), from.key('security', 'ca-bundle'));
  if (given === undefined) return undefined;
  // The guide does not say from where a relative path in the file counts; both have a good reason.
  const folders = given.isOption || file === null ? [workingFolder] : [workingFolder, dirname(file.path)];
  const path = folders
    .map((folder) => resolve(folder, given.value))
    .find((candidate) => existsSync(candidate));
  if (path === undefined) throw wrong(given, 'is no file that is there');
  return path;
}

function missingPlaces(context: CliContext, file: ConfigFile | null): string {
  return file?.path ?? configPaths(context).join(' or ');
}

function wrong({ origin, value, isOption }: Given, what: string): CliError {
  const message = `${origin}: "${value}" ${what}`;
  return isOption ? badValue(message) : new CliError(EXIT.configuration, message);
}
