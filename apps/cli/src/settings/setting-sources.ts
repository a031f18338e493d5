import { CliError, EXIT } from '../exit-codes.js';
import type { ConfigFile } from './config-file.js';

/** A value and who gave it. */
export interface Given {
  readonly value: string;
  readonly origin: string;
  /** From the command line, so that a mistake in it is one of whoever typed it. */
  readonly isOption: boolean;
}

const YES = new Set(['true', 'yes', 'on', '1']);
const NO = new Set(['false', 'no', 'off', '0']);

/** The three places that values come from. Empty ones count as not given. */
export class SettingSources {
  /** What was taken, for `--debug`: where from, never the value. */
  readonly origins: string[] = [];
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #file: ConfigFile | null;

  constructor(env: Readonly<Record<string, string | undefined>>, file: ConfigFile | null) {
    this.#env = env;
    this.#file = file;
  }

  line(name: string, value: string | undefined): Given | undefined {
    return value === undefined ? undefined : { value, origin: name, isOption: true };
  }

  variable(name: string): Given | undefined {
    const value = this.#env[name];
    return value === undefined || value === '' ? undefined : { value, origin: name, isOption: false };
  }

  key(section: string, key: string): Given | undefined {
    const value = this.#file?.values.get(section)?.get(key);
    if (this.#file === null || value === undefined || value === '') return undefined;
    return { value, origin: `${key} in section [${section}] of ${this.#file.path}`, isOption: false };
  }

  first(...candidates: readonly (Given | undefined)[]): Given | undefined {
    const given = candidates.find((candidate) => candidate !== undefined);
    if (given !== undefined) this.origins.push(given.origin);
    return given;
  }

  /** @throws CliError for what is neither yes nor no */
  flag(section: string, key: string): boolean | undefined {
    const given = this.first(this.key(section, key));
    if (given === undefined) return undefined;
    const value = given.value.toLowerCase();
    if (YES.has(value)) return true;
    if (NO.has(value)) return false;
    throw new CliError(EXIT.configuration, `${given.origin}: "${given.value}" is not true or false`);
  }
}
