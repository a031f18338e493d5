import { printable } from './printable.js';

/**
 * Checks a permissions file before it travels to a host (DCV administrator guide, "Working with permissions files").
 * Only what is wrong for every DCV version is refused; the host has the last word.
 */

/** Features of the guide; `builtin` stands for all of them. */
const FEATURES = new Set(
  (
    'audio-in audio-out builtin clipboard-copy clipboard-management clipboard-paste display extensions-client ' +
    'extensions-server file-download file-upload gamepad keyboard keyboard-sas mouse pointer printer screenshot ' +
    'smartcard stylus touch unsupervised-access usb webcam webauthn-redirection'
  ).split(' '),
);
const SECTIONS = new Set(['groups', 'aliases', 'permissions']);
const RULES = new Set(['allow', 'disallow', 'deny']);
/** Characters of the file that a refusal repeats at most. */
const LONGEST_QUOTE = 40;

/** What is wrong with the file, naming the line and the remedy; null if nothing is. */
export function permissionsFileProblem(content: Uint8Array): string | null {
  const text = decode(content);
  if (text === null) return 'PermissionsFile is not text: it must be the base64 of a UTF-8 permissions file';
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const aliases = declaredAliases(lines);
  let section: string | null = null;
  for (const [index, line] of lines.entries()) {
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
    const heading = /^\[([^\]]*)\]$/.exec(line)?.[1];
    const problem = heading !== undefined ? headingProblem(heading) : lineProblem(line, section, aliases);
    if (problem !== null) return `PermissionsFile line ${index + 1}: ${problem}`;
    if (heading !== undefined) section = heading;
  }
  return null;
}

function decode(content: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(content);
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}

/** null: the file imports others, which may declare any alias. */
function declaredAliases(lines: readonly string[]): ReadonlySet<string> | null {
  if (lines.some((line) => line.startsWith('#import'))) return null;
  const aliases = new Set<string>();
  let section = '';
  for (const line of lines) {
    if (line.startsWith('[')) section = line;
    const name = line.split('=', 1)[0];
    if (section === '[aliases]' && line.includes('=') && name !== undefined) aliases.add(name.trim());
  }
  return aliases;
}

function headingProblem(heading: string): string | null {
  if (SECTIONS.has(heading)) return null;
  return `there is no section [${printable(heading, LONGEST_QUOTE)}]; use [groups], [aliases] or [permissions]`;
}

function lineProblem(
  line: string,
  section: string | null,
  aliases: ReadonlySet<string> | null,
): string | null {
  if (section === null) return 'an entry stands before the first section; put [permissions] above it';
  if (section !== 'permissions') {
    return line.includes('=') ? null : `expected "name=member, member" in [${section}]`;
  }
  const [actor, rule, ...features] = line.split(/\s+/);
  if (actor === undefined || rule === undefined || features.length === 0) {
    return 'expected "actor rule feature ...", for example "%owner% allow builtin"';
  }
  if (!RULES.has(rule)) return `"${printable(rule, LONGEST_QUOTE)}" is no rule; use allow, disallow or deny`;
  const unknown = features.find((feature) => !FEATURES.has(feature) && aliases?.has(feature) === false);
  return unknown === undefined
    ? null
    : `"${printable(unknown, LONGEST_QUOTE)}" is neither a feature nor an alias declared in [aliases]`;
}
