import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CreateSessionRequestData } from '@dcvsm/protocol';
import { parse as parseYaml } from 'yaml';
import { badValue } from '../exit-codes.js';
import { readPermissions } from '../permissions-file.js';
import { splitArguments } from '../split-arguments.js';

export interface SessionFile {
  /** For messages. */
  readonly name: string;
  readonly text: string;
  /** Paths in the file count from here. */
  readonly folder: string;
}

/** @throws CliError if there is no such file */
export function openSessionFile(given: string, workingFolder: string): SessionFile {
  const path = resolve(workingFolder, given);
  try {
    return { name: path, text: readFileSync(path, 'utf8'), folder: dirname(path) };
  } catch (error) {
    throw badValue(`--from-file: ${(error as Error).message}`);
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** Names of fields by how they sound: `MaxConcurrentClients`, `max-concurrent-clients` and `max_concurrent_clients` are one. */
const FIELDS = new Map(Object.keys(CreateSessionRequestData.shape).map((name) => [sound(name), name]));

/**
 * The sessions in a JSON or YAML text: a list of them, or `sessions` and what they share in `defaults`.
 * @throws CliError that names the entry, the field and the remedy
 */
export function readSessionFile(file: SessionFile): CreateSessionRequestData[] {
  const { entries, defaults } = parts(file);
  if (entries.length === 0) throw badValue(`${file.name} has no sessions in it`);
  return entries.map((entry, index) => {
    const where = `${file.name}: session ${index + 1}`;
    if (!isFields(entry)) throw badValue(`${where} is not a set of fields such as Name, Owner and Type`);
    const fields = { ...wireNames(defaults, `${file.name}: defaults`), ...wireNames(entry, where) };
    return checked(completed(fields, file, where), where);
  });
}

function parts(file: SessionFile): { entries: readonly unknown[]; defaults: Fields } {
  const content = parsed(file);
  if (Array.isArray(content)) return { entries: content, defaults: {} };
  if (!isFields(content))
    throw badValue(`${file.name} is neither a list of sessions nor an object with "sessions"`);
  const { sessions, defaults = {}, ...others } = content;
  const [other] = Object.keys(others);
  if (sessions === undefined) return { entries: [content], defaults: {} };
  if (other !== undefined) {
    throw badValue(`${file.name}: "${other}" does not belong beside "sessions" and "defaults"`);
  }
  if (!Array.isArray(sessions)) throw badValue(`${file.name}: "sessions" is not a list`);
  if (!isFields(defaults)) throw badValue(`${file.name}: "defaults" is not a set of fields`);
  return { entries: sessions, defaults };
}

function parsed({ name, text }: SessionFile): unknown {
  try {
    // YAML takes most of JSON, but neither tabs nor its exact words for mistakes.
    return /^\s*[[{]/.test(text) ? (JSON.parse(text) as unknown) : (parseYaml(text) as unknown);
  } catch (error) {
    throw badValue(`${name} is neither JSON nor YAML: ${(error as Error).message.split('\n')[0]}`);
  }
}

function wireNames(fields: Fields, where: string): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([given, value]) => {
      const name = FIELDS.get(sound(given));
      if (name === undefined) {
        throw badValue(
          `${where}: there is no field "${given}"; the fields are ${[...FIELDS.values()].join(', ')}`,
        );
      }
      return [name, value];
    }),
  );
}

/** What files may say in an easier way than the API. */
function completed(fields: Fields, { folder }: SessionFile, where: string): Fields {
  const { PermissionsFile, AutorunFileArguments } = fields;
  return {
    ...fields,
    ...(typeof PermissionsFile === 'string' && {
      PermissionsFile: readPermissions(`${where}: PermissionsFile`, PermissionsFile, folder),
    }),
    ...(typeof AutorunFileArguments === 'string' && {
      AutorunFileArguments: splitArguments(AutorunFileArguments),
    }),
  };
}

function checked(fields: Fields, where: string): CreateSessionRequestData {
  const result = CreateSessionRequestData.safeParse(fields);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue?.path.join('.') ?? '';
  throw badValue(
    field in fields || issue?.path.length !== 1
      ? `${where}: ${field}: ${issue?.message ?? 'is wrong'}`
      : `${where}: ${field} is missing`,
  );
}

function sound(name: string): string {
  return name.replace(/[-_ ]/g, '').toLowerCase();
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
