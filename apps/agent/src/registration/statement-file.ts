import type { AgentConfig } from '../config/agent-config.js';
import type { Platform } from '../config/platform.js';
import { NotAdmitted } from './not-admitted.js';
import { readPrivateFile } from './private-file.js';

/**
 * The software statement of this host; null: it was given none, which is fine where agents need no token.
 * @throws NotAdmitted when there is one that cannot be used
 */
export async function readStatement(
  { file, isConfigured }: AgentConfig['statement'],
  platform: Platform,
): Promise<string | null> {
  const read = await readPrivateFile(file, 'group', platform);
  if (read.kind === 'unusable')
    throw new NotAdmitted(`the software statement ${file} ${read.problem}`, read.remedy);
  if (read.kind === 'missing') {
    if (!isConfigured) return null;
    throw new NotAdmitted(`the software statement ${file} is not there`, howToGetOne(file));
  }
  const statement = read.text.trim();
  if (statement === '') throw new NotAdmitted(`the software statement ${file} is empty`, howToGetOne(file));
  return statement;
}

/** For operators whose agent has nothing to show. */
export function howToGetOne(file: string): string {
  return `copy <working path>/security/default-software-statement from the broker to ${file}, or print another one with "dcv-session-manager-broker generate-software-statement"; mode 600, owned by the user of the agent`;
}
