import { MAX_PICTURE_CHARACTERS, type HostSession } from '@dcvsm/protocol';
import {
  closeArguments,
  createArguments,
  describeArguments,
  endpointsArguments,
  listArguments,
  screenshotArguments,
  setPermissionsArguments,
  UnsafeArgument,
  versionArguments,
  type CreateArguments,
  type ScreenshotArguments,
} from './arguments.js';
import { parseSessionDescription, parseSessionList } from './parse-session.js';
import type { DcvResult, RunDcv } from './run-dcv.js';

export interface DcvTimeouts {
  readonly timeoutMs: number;
  readonly createTimeoutMs: number;
}

/** An answer of DCV, or why there is none. */
export type Answer<T> =
  { readonly kind: 'ok'; readonly value: T } | { readonly kind: 'failed'; readonly reason: string };

const TEXT_BYTES = 16 * 1_048_576;
const PICTURE_BYTES = MAX_PICTURE_CHARACTERS + 65_536;

/** DCV on this host, driven only through its documented command. No method rejects. */
export class Dcv {
  readonly #runDcv: RunDcv;
  readonly #timeouts: DcvTimeouts;

  constructor(runDcv: RunDcv, timeouts: DcvTimeouts) {
    this.#runDcv = runDcv;
    this.#timeouts = timeouts;
  }

  async listSessions(): Promise<Answer<readonly HostSession[]>> {
    const result = await this.#run(listArguments);
    if (result.kind !== 'done') return failed(result.reason);
    const list = parseSessionList(result.stdout);
    return list.kind === 'parsed' ? ok(list.value) : failed(list.problem);
  }

  async describeSession(sessionId: string): Promise<Answer<HostSession>> {
    const result = await this.#run(() => describeArguments(sessionId));
    if (result.kind !== 'done') return failed(result.reason);
    const session = parseSessionDescription(result.stdout, sessionId);
    return session.kind === 'parsed' ? ok(session.value) : failed(session.problem);
  }

  createSession(wanted: CreateArguments): Promise<DcvResult> {
    return this.#run(() => createArguments(wanted), { timeoutMs: this.#timeouts.createTimeoutMs });
  }

  closeSession(sessionId: string): Promise<DcvResult> {
    return this.#run(() => closeArguments(sessionId));
  }

  setPermissions(sessionId: string, file: string): Promise<DcvResult> {
    return this.#run(() => setPermissionsArguments(sessionId, file));
  }

  getScreenshot(wanted: ScreenshotArguments): Promise<DcvResult> {
    return this.#run(() => screenshotArguments(wanted), { maxOutputBytes: PICTURE_BYTES });
  }

  version(): Promise<DcvResult> {
    return this.#run(versionArguments);
  }

  listEndpoints(): Promise<DcvResult> {
    return this.#run(endpointsArguments);
  }

  async #run(
    makeArgs: () => readonly string[],
    limits: { readonly timeoutMs?: number; readonly maxOutputBytes?: number } = {},
  ): Promise<DcvResult> {
    let args: readonly string[];
    try {
      args = makeArgs();
    } catch (cause) {
      if (cause instanceof UnsafeArgument) return { kind: 'failed', reason: cause.message };
      throw cause;
    }
    const { timeoutMs = this.#timeouts.timeoutMs, maxOutputBytes = TEXT_BYTES } = limits;
    return this.#runDcv({ args, timeoutMs, maxOutputBytes });
  }
}

function ok<T>(value: T): Answer<T> {
  return { kind: 'ok', value };
}

function failed(reason: string): { readonly kind: 'failed'; readonly reason: string } {
  return { kind: 'failed', reason };
}
