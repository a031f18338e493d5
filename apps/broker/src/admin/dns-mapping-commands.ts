import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { readMappings } from '../domain/dns-mapping-file.js';
import { parseStrictJson } from '../http/strict-json.js';
import { AdminError, callAdmin, type AdminAddress } from './admin-client.js';
import { prettyJson } from './pretty-json.js';

/** The commands on DNS mappings, each resolving with what it prints (administration guide, "CLI reference"). */

const Registered = z.object({ count: z.int() });

/**
 * The file is read here, by whoever gives the command: the broker's user may not be able to. The line begins with a
 * blank, as the guide prints it.
 * @rejects AdminError with every problem of the file on a line of its own
 */
export async function registerDnsMappings(
  broker: AdminAddress,
  { file, replace }: { readonly file: string; readonly replace: boolean },
): Promise<string> {
  const mappings = await readJsonFile(file);
  const read = readMappings(mappings);
  if (read.kind === 'problems') {
    throw new AdminError(read.problems.map((problem) => `${file}: ${problem}`).join('\n'));
  }
  const answer = await callAdmin(broker, 'POST', '/dns-mappings', { mappings, replace });
  const { count } = Registered.parse(answer);
  const loaded = ` Successfully loaded ${count} server id - dns name mappings from file ${file}\n`;
  return loaded + read.warnings.map((warning) => ` Warning: ${warning}\n`).join('');
}

export async function describeDnsMappings(broker: AdminAddress): Promise<string> {
  return `${prettyJson(await callAdmin(broker, 'GET', '/dns-mappings'))}\n`;
}

export async function unregisterDnsMapping(
  broker: AdminAddress,
  { type, id }: { readonly type: string; readonly id: string },
): Promise<string> {
  const path = `/dns-mappings/${encodeURIComponent(type)}/${encodeURIComponent(id)}`;
  await callAdmin(broker, 'DELETE', path);
  return `Mapping for ${type} ${id} unregistered.\n`;
}

async function readJsonFile(file: string): Promise<unknown> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new AdminError(`${file}: cannot be read (${code}); give the path of the mapping file`, {
      cause: error,
    });
  }
  const parsed = parseStrictJson(bytes);
  if (parsed.ok) return parsed.value;
  throw new AdminError(`${file}: ${parsed.problem.replace(/^the body/, 'the file')}; write a JSON list`);
}
