import { readFile, rm, stat } from 'node:fs/promises';
import { MAX_PICTURE_CHARACTERS, type Outcome } from '@dcvsm/protocol';
import type { Clock } from '@dcvsm/runtime';
import type { Dcv } from '../dcv/dcv.js';
import { checkPicture, parseScreenshot, type PictureData } from '../dcv/parse-screenshot.js';
import type { SessionFiles } from './session-files.js';
import type { StepKind, StepOf } from './steps.js';

export interface ExecutorContext {
  readonly dcv: Dcv;
  readonly clock: Clock;
  readonly files: SessionFiles;
  /** Brings a picture to the broker ahead of the outcome; resolves to the number of parts. */
  readonly sendPicture: (picture: PictureData) => Promise<number>;
}

/** Says that a step could not be done. `stopped`: what it had begun may still happen. */
export class StepFailed extends Error {
  constructor(
    readonly reason: string,
    readonly stopped = false,
  ) {
    super(reason);
    this.name = 'StepFailed';
  }
}

/** What came of a step: the command's outcome, or nothing yet. */
type Executor<Kind extends StepKind> = (
  step: StepOf<Kind>,
  context: ExecutorContext,
) => Promise<Outcome | null>;

/** How often and how long DCV is asked again when it should know better soon. */
const LOOKS = 6;
const BETWEEN_LOOKS_MS = 500;
/** Base64 writes three bytes as four characters. */
const MAX_PICTURE_BYTES = (MAX_PICTURE_CHARACTERS / 4) * 3;

export const executors: { readonly [Kind in StepKind]: Executor<Kind> } = {
  answer: ({ outcome }) => Promise.resolve(outcome),

  async 'write-file'({ path, content, encoding, mode }, { files }) {
    await files.write(path, Buffer.from(content, encoding), mode);
    return null;
  },

  async 'dcv-create'(step, { dcv }) {
    const result = await dcv.createSession(step.arguments);
    if (result.kind === 'done') return null;
    // Somebody on the host was quicker with the same id: the session wanted is there, so it is described.
    if (result.kind === 'failed' && /already (?:exists|in use|present|running)/i.test(result.reason))
      return null;
    throw new StepFailed(result.reason, result.kind === 'timed-out');
  },

  async 'dcv-describe'({ sessionId }, { dcv, clock }) {
    let reason = '';
    for (let look = 0; look < LOOKS; look += 1) {
      if (look > 0) await clock.sleep(BETWEEN_LOOKS_MS);
      const answer = await dcv.describeSession(sessionId);
      if (answer.kind === 'ok') return { kind: 'created', session: answer.value };
      reason = answer.reason;
    }
    throw new StepFailed(reason);
  },

  /** A session that ended by itself meanwhile is as good as closed; `confirm-gone` decides. */
  async 'dcv-close'({ sessionId }, { dcv }) {
    const result = await dcv.closeSession(sessionId);
    if (result.kind === 'done') return null;
    const list = await dcv.listSessions();
    const gone = list.kind === 'ok' && !list.value.some((session) => session.id === sessionId);
    if (gone) return null;
    throw new StepFailed(result.reason, result.kind === 'timed-out');
  },

  async 'confirm-gone'({ sessionId }, { dcv, clock }) {
    for (let look = 0; look < LOOKS; look += 1) {
      if (look > 0) await clock.sleep(BETWEEN_LOOKS_MS);
      const list = await dcv.listSessions();
      if (list.kind === 'ok' && !list.value.some((session) => session.id === sessionId)) return null;
    }
    throw new StepFailed('DCV still lists the session after closing it');
  },

  async 'dcv-set-permissions'({ sessionId, file }, { dcv }) {
    const result = await dcv.setPermissions(sessionId, file);
    if (result.kind === 'done') return null;
    throw new StepFailed(result.reason);
  },

  async 'dcv-screenshot'({ command, file }, context) {
    const picture = await takePicture({ ...command, file }, context);
    const takenAt = new Date(context.clock.now()).toISOString();
    const parts = await context.sendPicture(picture);
    return { kind: 'screenshot', picture: { format: picture.format, takenAt, primary: true, parts } };
  },

  async 'forget-files'({ sessionId }, { files }) {
    await files.forget(sessionId);
    return null;
  },
};

interface PictureWanted {
  readonly sessionId: string;
  readonly maxWidth: number;
  readonly maxHeight: number;
  readonly format: 'png' | 'jpeg';
  readonly file: string;
}

async function takePicture(wanted: PictureWanted, context: ExecutorContext): Promise<PictureData> {
  const { dcv } = context;
  const printed = await dcv.getScreenshot({ ...wanted, output: undefined });
  if (printed.kind === 'timed-out') throw new StepFailed(printed.reason);
  const base64 = printed.kind === 'done' ? parseScreenshot(printed.stdout) : null;
  const data = base64 ?? (await pictureByFile(wanted, context));
  if (data.length > MAX_PICTURE_CHARACTERS)
    throw new StepFailed('the picture is larger than the broker accepts');
  const picture = checkPicture(data);
  if (picture === null) throw new StepFailed('dcv get-screenshot gave neither a PNG nor a JPEG picture');
  return picture;
}

/** For servers whose command does not print JSON. */
async function pictureByFile(wanted: PictureWanted, { dcv, files }: ExecutorContext): Promise<string> {
  try {
    await files.write(wanted.file, '', 0o600);
    const result = await dcv.getScreenshot({ ...wanted, output: wanted.file });
    if (result.kind !== 'done') throw new StepFailed(result.reason);
    const { size } = await stat(wanted.file);
    if (size > MAX_PICTURE_BYTES) throw tooLarge();
    return await readFile(wanted.file, 'base64');
  } finally {
    await rm(wanted.file, { force: true });
  }
}

function tooLarge(): StepFailed {
  return new StepFailed('the picture is larger than the broker accepts');
}
