import type { Platform } from '../config/platform.js';

const MAX_CHARACTERS = 1024;
const MAX_NAME_CHARACTERS = 255;

/**
 * Why `path`, a path relative to one of the agent's folders as a client gave it, is refused; null if its form
 * is in order. Whatever could mean a place outside the folder on any system is refused.
 */
export function refuseRelativePath(path: string, platform: Platform): string | null {
  if (path === '') return 'is empty';
  if (path.length > MAX_CHARACTERS) return `has more than ${MAX_CHARACTERS} characters`;
  if (/\p{Cc}/u.test(path)) return 'contains control characters';
  if (/^[/\\]/.test(path)) return 'is an absolute path; it has to be relative to the folder';
  if (path.includes(':')) return 'contains a colon (a drive or a stream)';
  if (platform !== 'windows' && path.includes('\\')) return 'contains a backslash';
  const names = path.split(/[/\\]/);
  if (names.some((name) => name === '' || name === '.' || name === '..'))
    return 'contains empty, . or .. parts';
  if (names.some((name) => name.length > MAX_NAME_CHARACTERS)) return 'has a part that is too long';
  if (names.some((name) => name.startsWith('-'))) return 'has a part that begins with -';
  if (
    platform === 'windows' &&
    names.some((name) => /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)|[. ]$/i.test(name))
  ) {
    return 'names a device';
  }
  return null;
}
