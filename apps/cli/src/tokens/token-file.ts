import { createHash } from 'node:crypto';
import { chmod, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoredToken, TokenStore } from '@dcvsm/client';
import { z } from 'zod';

const Kept = z.object({ token: z.string().min(1), renewAtMs: z.number() });

const OWNER_ONLY = 0o600;

export interface TokenFileOptions {
  readonly folder: string;
  /** What makes two tokens different: who gives it, to whom, with which password. */
  readonly key: readonly string[];
  /** false where files have no owner and mode. */
  readonly checksOwner: boolean;
  readonly debug: (line: string) => void;
}

/** Keeps a token in a file that nobody but its user can read. A file that is not so is not believed. */
export class TokenFile implements TokenStore {
  readonly #options: TokenFileOptions;
  readonly #path: string;

  constructor(options: TokenFileOptions) {
    this.#options = options;
    const name = createHash('sha256').update(JSON.stringify(options.key)).digest('hex');
    this.#path = join(options.folder, `${name}.json`);
  }

  async load(): Promise<StoredToken | null> {
    try {
      if (!(await this.#isOurs(this.#options.folder)) || !(await this.#isOurs(this.#path))) {
        this.#options.debug(`${this.#path} is not only ours, so the token in it is not used`);
        return null;
      }
      const kept = Kept.parse(JSON.parse(await readFile(this.#path, 'utf8')));
      this.#options.debug(`an access token is kept in ${this.#path}`);
      return kept;
    } catch {
      // None was kept yet, or the file is damaged: a new token is asked for.
      return null;
    }
  }

  /** A token that cannot be kept is asked for again the next time, which is no reason to fail. */
  async save(token: StoredToken): Promise<void> {
    const { folder, debug } = this.#options;
    const fresh = `${this.#path}.${process.pid}`;
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      if (this.#options.checksOwner) await chmod(folder, 0o700);
      const file = await open(fresh, 'wx', OWNER_ONLY);
      try {
        await file.writeFile(JSON.stringify(token));
      } finally {
        await file.close();
      }
      await rename(fresh, this.#path);
    } catch (error) {
      debug(`the token is not kept: ${(error as Error).message}`);
      await rm(fresh, { force: true }).catch(() => undefined);
    }
  }

  async #isOurs(path: string): Promise<boolean> {
    const { uid, mode } = await stat(path);
    return !this.#options.checksOwner || (uid === process.getuid?.() && (mode & 0o077) === 0);
  }
}
