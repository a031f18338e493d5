import { accessSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createStream, type RotatingFileStream } from 'rotating-file-stream';
import type { LogConfig } from '../config/agent-config.js';

/** The name that operators and their scripts know; rotated files carry the time in theirs. */
const LIVE_FILE = 'agent.log';

export interface Writable {
  write(line: string): unknown;
}

/**
 * Destination of the log: `agent.log` in the configured folder, rotated by time and size. If it cannot be
 * written, now or later, lines go to `fallback` with one clear warning, since a full disk is no reason to stop.
 */
export class LogFile implements Writable {
  readonly #fallback: Writable;
  readonly #path: string;
  #stream: RotatingFileStream | null = null;

  constructor(config: LogConfig, fallback: Writable) {
    this.#fallback = fallback;
    this.#path = join(config.directory, LIVE_FILE);
    try {
      mkdirSync(config.directory, { recursive: true });
      accessSync(config.directory, constants.W_OK);
      this.#stream = createStream(nameLogFile(config.rotation), {
        path: config.directory,
        size: `${config.maxFileBytes}B`,
        interval: config.rotation === 'hourly' ? '1h' : '1d',
        intervalBoundary: true,
        initialRotation: true,
        maxFiles: config.keptFiles,
        history: '.agent.log.history',
      });
      this.#stream.on('error', (cause) => this.#giveUp(cause));
    } catch (cause) {
      this.#giveUp(cause);
    }
  }

  write(line: string): void {
    if (this.#stream) this.#stream.write(line);
    else this.#fallback.write(line);
  }

  /** Resolves when everything is on disk. */
  async close(): Promise<void> {
    const stream = this.#stream;
    if (stream) await new Promise<void>((resolve) => stream.end(() => resolve()));
  }

  #giveUp(cause: unknown): void {
    this.#stream = null;
    const words = cause instanceof Error ? cause.message : String(cause);
    this.#fallback.write(
      `dcv-session-manager-agent: ${this.#path} cannot be written (${words}); logging to the standard error. ` +
        'Check log.directory and its rights.\n',
    );
  }
}

/** Name of the file that a rotation makes; without a time, that of the live file. */
export function nameLogFile(
  rotation: LogConfig['rotation'],
): (time: number | Date | null, index?: number) => string {
  return (time, index) => {
    if (time === null) return LIVE_FILE;
    const stamp = new Date(time).toISOString().slice(0, rotation === 'hourly' ? 13 : 10);
    return `${LIVE_FILE}.${stamp}.${index ?? 1}`;
  };
}
