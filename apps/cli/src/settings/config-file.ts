import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CliContext } from '../cli-context.js';
import { CliError, EXIT } from '../exit-codes.js';
import { configPaths } from './config-paths.js';
import { parseIni, type Ini } from './ini.js';

export interface ConfigFile {
  readonly path: string;
  readonly values: Ini;
}

/** What a file may have; `token-cache` is ours. */
export const CONFIG_KEYS: Readonly<Record<string, readonly string[]>> = {
  output: ['output-format', 'debug'],
  security: ['no-verify-ssl', 'ca-bundle'],
  authentication: ['auth-server-url', 'client-id', 'client-password', 'token-cache'],
  broker: ['url'],
};

/** The file that `--conf` names, or else the first that is there. null: there is none. @throws CliError */
export function readConfigFile(context: CliContext, named: string | undefined): ConfigFile | null {
  if (named !== undefined) {
    const path = resolve(context.workingFolder, named);
    if (!existsSync(path)) {
      throw new CliError(EXIT.configFile, `there is no configuration file ${path}, which --conf names`);
    }
    return read(context, path);
  }
  const path = configPaths(context).find((candidate) => existsSync(candidate));
  return path === undefined ? null : read(context, path);
}

function read(context: CliContext, path: string): ConfigFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const why = (cause as Error).message;
    throw new CliError(EXIT.configFile, `the configuration file cannot be read: ${why}`, { cause });
  }
  const values = parseIni(text);
  if ('problem' in values) {
    const { lineNumber, problem } = values;
    throw new CliError(EXIT.configFile, `${path}:${lineNumber}: this line ${problem}`);
  }
  warnIfOthersCanRead(context, path, values);
  for (const warning of unknownKeys(values)) context.stderr.write(`warning: ${path}: ${warning}\n`);
  return { path, values };
}

/** The original does not care, so this only says it. */
function warnIfOthersCanRead({ platform, stderr }: CliContext, path: string, values: Ini): void {
  const hasPassword = values.get('authentication')?.has('client-password') === true;
  if (platform === 'win32' || !hasPassword || (statSync(path).mode & 0o004) === 0) return;
  stderr.write(`warning: ${path} has a password and everybody can read it; run: chmod 600 ${path}\n`);
}

/** The original passes over them; a mistyped key is better told of. */
function unknownKeys(values: Ini): string[] {
  return [...values].flatMap(([section, keys]) => {
    const known = CONFIG_KEYS[section];
    if (known === undefined) {
      return [`there is no section [${section}]; there are ${Object.keys(CONFIG_KEYS).join(', ')}`];
    }
    return [...keys.keys()]
      .filter((key) => !known.includes(key))
      .map((key) => `section [${section}] has no key "${key}"; its keys are ${known.join(', ')}`);
  });
}
