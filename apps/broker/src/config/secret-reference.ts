import { readFileSync, statSync } from 'node:fs';

/** What a secret key refers to; a value that is no reference is the secret itself. */
export type SecretText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'problem'; readonly problem: string; readonly remedy: string };

const REFERENCE = /^\$\{(env|file):([^}]*)\}$/;
/** Writing by the group, and anything by others. */
const FORBIDDEN_MODE_BITS = 0o027;

/**
 * Any key that holds a secret may name an environment variable, `${env:NAME}`, or a file, `${file:/path}`, instead;
 * the line break at the end of a file does not count.
 */
export function readSecret(value: string, environment = process.env): SecretText {
  const [, kind, name] = REFERENCE.exec(value.trim()) ?? [];
  if (kind === undefined || name === undefined) return { kind: 'text', text: value };
  if (kind === 'file') return readSecretFile(name);
  const text = environment[name];
  if (text !== undefined) return { kind: 'text', text };
  return problem(`names the environment variable ${name}, which is not set`, 'set it for the broker');
}

function readSecretFile(path: string): SecretText {
  if (!path.startsWith('/')) return problem('names a file without its whole path', 'write it from / on');
  try {
    if ((statSync(path).mode & FORBIDDEN_MODE_BITS) !== 0)
      return problem(`names the file ${path}, which others may read or write`, `run: chmod 640 ${path}`);
    return { kind: 'text', text: readFileSync(path, 'utf8').replace(/\r?\n$/, '') };
  } catch (error) {
    const words = typeof error === 'object' && error !== null && 'code' in error ? error.code : error;
    return problem(
      `names the file ${path}, which cannot be read (${String(words)})`,
      'name one that the broker may read',
    );
  }
}

function problem(words: string, remedy: string): SecretText {
  return { kind: 'problem', problem: words, remedy };
}
