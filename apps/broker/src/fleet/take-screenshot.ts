import { pictureProblem } from '../domain/picture-problem.js';
import { findSessionById, type Sees } from './find-session.js';
import type { FleetContext } from './fleet-context.js';
import { describeUnanswered, ensureUsable } from './usable-session.js';

/** A host that does not answer must not hold up the pictures of the others for longer than this. */
const SCREENSHOT_TIMEOUT_MS = 10_000;

/** Clients compare with this sentence (developer guide, GetSessionScreenshots). */
export const DCV_SESSION_NOT_FOUND = 'Dcv session not found.';

export interface ScreenshotRequest {
  readonly sessionId: string;
  readonly maxWidthPixels?: number | undefined;
  readonly maxHeightPixels?: number | undefined;
}

export interface TakenPicture {
  readonly format: 'png' | 'jpeg';
  /** Base64. */
  readonly data: string;
  readonly takenAt: string;
  readonly primary: boolean;
}

export type Screenshot =
  | { readonly kind: 'taken'; readonly picture: TakenPicture }
  | { readonly kind: 'refused'; readonly reason: string };

/** Takes a picture of a READY session as it looks now. */
export async function takeScreenshot(
  context: FleetContext,
  request: ScreenshotRequest,
  sees: Sees,
): Promise<Screenshot> {
  const session = await findSessionById(context, request.sessionId, sees);
  if (session === null || session.state === 'DELETED')
    return { kind: 'refused', reason: DCV_SESSION_NOT_FOUND };
  const usable = ensureUsable(session);
  if (usable.kind === 'not-usable') return { kind: 'refused', reason: usable.reason };
  const { screenshot } = context.rules;
  const answer = await context.bus.request({
    serverId: usable.serverId,
    commandId: `screenshot:${context.ids.uuid()}`,
    command: {
      kind: 'take-screenshot',
      sessionId: session.id,
      maxWidth: request.maxWidthPixels ?? screenshot.maxWidthPixels,
      maxHeight: request.maxHeightPixels ?? screenshot.maxHeightPixels,
      format: screenshot.format,
    },
    timeLeftMs: SCREENSHOT_TIMEOUT_MS,
  });
  if (answer.kind === 'unanswered') return { kind: 'refused', reason: describeUnanswered(answer.why) };
  const { outcome, pictureData } = answer.reply;
  if (outcome.kind === 'failed') return { kind: 'refused', reason: outcome.reason };
  if (outcome.kind !== 'screenshot')
    return { kind: 'refused', reason: `unexpected outcome "${outcome.kind}"` };
  const { format, takenAt, primary } = outcome.picture;
  const problem = pictureProblem({ format, data: pictureData });
  if (problem !== null) return { kind: 'refused', reason: problem };
  return { kind: 'taken', picture: { format, data: pictureData, takenAt, primary } };
}
