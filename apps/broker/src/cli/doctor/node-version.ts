import { fail, ok, warn, type Finding } from './finding.js';

/** The oldest that `engines` of package.json names, and the newest that is tested. */
const OLDEST = [20, 18, 1] as const;
const NEWEST_TESTED = 24;

/** @param version as in `process.versions.node` */
export function nodeFindings(version: string): Finding[] {
  const parts = version.split('.').map(Number);
  if (isOlder(parts, OLDEST)) {
    return [fail(`Node ${version} is too old`, `install Node ${OLDEST.join('.')} or newer`)];
  }
  if ((parts[0] ?? 0) > NEWEST_TESTED) {
    return [warn(`Node ${version} is newer than what was tested`, `use Node 20 to ${NEWEST_TESTED}`)];
  }
  return [ok(`Node ${version}`)];
}

function isOlder(parts: readonly number[], oldest: readonly number[]): boolean {
  for (const [index, least] of oldest.entries()) {
    const part = parts[index] ?? 0;
    if (part !== least) return part < least;
  }
  return false;
}
