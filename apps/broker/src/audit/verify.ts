import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { AuditLine, emptyChain, hashLine, type ChainHead } from './audit-line.js';
import { parseJson } from './audit-files.js';

/** A line that was read, or what stands where a line should be. */
export interface ReadLine {
  readonly file: string;
  readonly number: number;
  readonly text: string;
  readonly line: AuditLine | null;
}

/** All lines of the files, in their order. */
export async function* readLines(files: readonly string[]): AsyncGenerator<ReadLine> {
  for (const file of files) {
    let number = 0;
    for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
      number += 1;
      const parsed = AuditLine.safeParse(parseJson(text));
      yield { file: basename(file), number, text, line: parsed.success ? parsed.data : null };
    }
  }
}

/** What is wrong at one place of the chain. */
export interface ChainProblem {
  readonly file: string;
  readonly line: number;
  readonly problem: string;
}

/**
 * Walks the chain. The first line that is left may continue files that were taken away: that is not a problem, and
 * `begins` says where it starts. After a problem the walk goes on from what is there, so that all are found.
 */
export class ChainCheck {
  readonly #anchor: ChainHead | null;
  #anchorFound = false;
  #head: ChainHead | null = null;
  #begins = 0;
  #lines = 0;
  readonly #problems: ChainProblem[] = [];

  /** @param anchor where the chain is known to have stood, so that a cut-off or rewritten end shows too */
  constructor(anchor: ChainHead | null = null) {
    this.#anchor = anchor;
  }

  take({ file, number, text, line }: ReadLine): void {
    this.#lines += 1;
    if (line === null) {
      this.#problems.push({ file, line: number, problem: 'is not a line of the audit log' });
      return;
    }
    const problem = this.#problemOf(line);
    if (problem !== null) this.#problems.push({ file, line: number, problem });
    this.#head = { seq: line.seq, hash: hashLine(text) };
    this.#anchorFound ||= this.#head.hash === this.#anchor?.hash;
  }

  result(): ChainResult {
    const head = this.#head ?? emptyChain;
    const { lines, begins } = { lines: this.#lines, begins: this.#begins };
    return { lines, begins, head, problems: this.#problems, hasAnchor: this.#hasAnchor() };
  }

  #hasAnchor(): boolean | null {
    if (this.#anchor === null) return null;
    return this.#anchor.seq === 0 || this.#anchorFound;
  }

  #problemOf({ seq, previous }: AuditLine): string | null {
    if (this.#head === null) {
      this.#begins = seq;
      return seq === 1 && previous !== emptyChain.hash
        ? 'is the first line and yet names one before it'
        : null;
    }
    if (seq !== this.#head.seq + 1) {
      return `has number ${seq} after ${this.#head.seq}: lines were removed, added or moved`;
    }
    return previous === this.#head.hash
      ? null
      : 'does not continue the line before it: one of the two was changed';
  }
}

export interface ChainResult {
  readonly lines: number;
  /** Number of the first line that is left; more than 1 when older files were taken away. */
  readonly begins: number;
  readonly head: ChainHead;
  readonly problems: readonly ChainProblem[];
  /** Whether the chain goes through the anchor; null: there was none to compare with. */
  readonly hasAnchor: boolean | null;
}
