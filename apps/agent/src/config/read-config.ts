import { readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { toAgentConfig, type AgentConfig } from './agent-config.js';
import type { ConfigProblem } from './config-problem.js';
import { interpretConfig } from './interpret-config.js';
import type { Platform } from './platform.js';

export type ReadConfig =
  | { readonly kind: 'valid'; readonly config: AgentConfig; readonly warnings: readonly string[] }
  | { readonly kind: 'invalid'; readonly problems: readonly ConfigProblem[] };

const STATEMENT_WARNING =
  'agent.software_statement_path has no effect: this broker does not ask agents for a software statement yet';

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
  const config = toAgentConfig(agent, log, {
    platform,
    caFile: agent.ca_file === undefined ? undefined : resolve(folder, agent.ca_file),
    tagsFolder: agent.tags_folder ?? defaultTagsFolder(folder),
  });
  const warnings = agent.software_statement_path
    ? [...interpreted.warnings, STATEMENT_WARNING]
    : interpreted.warnings;
  return { kind: 'valid', config, warnings };
}

/** The guide and the comments of the shipped file disagree whether tag files lie in `tags`; both are found. */
function defaultTagsFolder(folder: string): string {
  const tags = join(folder, 'tags');
  return statSync(tags, { throwIfNoEntry: false })?.isDirectory() ? tags : folder;
}
