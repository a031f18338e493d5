import { readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { toAgentConfig, type AgentConfig } from './agent-config.js';
import type { ConfigProblem } from './config-problem.js';
import { interpretConfig } from './interpret-config.js';
import type { Platform } from './platform.js';

export type ReadConfig =
  | { readonly kind: 'valid'; readonly config: AgentConfig; readonly warnings: readonly string[] }
  | { readonly kind: 'invalid'; readonly problems: readonly ConfigProblem[] };

/** The name that the file has on the broker, so that it only has to be copied. */
const DEFAULT_STATEMENT = 'default-software-statement';

/** Reads and checks agent.conf. */
export function readConfig(file: string, platform: Platform): ReadConfig {
  const path = resolve(file);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const problem = `cannot be read (${(cause as NodeJS.ErrnoException).code ?? String(cause)})`;
    const remedy = 'create it, or name another with --config';
    return { kind: 'invalid', problems: [{ file: path, problem, remedy }] };
  }
  const interpreted = interpretConfig({ file: path, text, platform });
  if (interpreted.kind === 'invalid') return interpreted;
  const { agent, log } = interpreted;
  const folder = dirname(path);
  const at = (file: string | undefined): string | undefined =>
    file === undefined ? undefined : resolve(folder, file);
  if ((agent.cert_file === undefined) !== (agent.key_file === undefined)) {
    const key = agent.cert_file === undefined ? 'agent.cert_file' : 'agent.key_file';
    const problem = {
      file: path,
      key,
      problem: 'is missing',
      remedy: 'set both agent.cert_file and agent.key_file',
    };
    return { kind: 'invalid', problems: [problem] };
  }
  const config = toAgentConfig(agent, log, {
    platform,
    caFile: at(agent.ca_file),
    certFile: at(agent.cert_file),
    keyFile: at(agent.key_file),
    statement: {
      file: resolve(folder, agent.software_statement_path ?? DEFAULT_STATEMENT),
      isConfigured: agent.software_statement_path !== undefined,
    },
    tagsFolder: agent.tags_folder ?? defaultTagsFolder(folder),
  });
  return { kind: 'valid', config, warnings: interpreted.warnings };
}

/** The guide and the comments of the shipped file disagree whether tag files lie in `tags`; both are found. */
function defaultTagsFolder(folder: string): string {
  const tags = join(folder, 'tags');
  return statSync(tags, { throwIfNoEntry: false })?.isDirectory() ? tags : folder;
}
