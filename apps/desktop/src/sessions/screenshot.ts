import type { ValueOf } from '../wire/answer.js';
import type { DcvRequest } from '../wire/request.js';
import { encodePicture } from '../picture/encode.js';
import { crop, fitWithin } from '../picture/picture.js';
import { scaleDown } from '../picture/scale.js';
import type { Session } from './session.js';

type ScreenshotRequest = Extract<DcvRequest, { command: 'get-screenshot' }>;

/** A picture of the session's display, of all heads or of the first, within the limits. */
export async function takeScreenshot(
  session: Session,
  { maxWidth, maxHeight, format, primary }: ScreenshotRequest,
): Promise<ValueOf<'get-screenshot'>> {
  const { display } = session.parts;
  const all = await display.capture();
  const [first] = display.layout;
  const picture = primary && first ? crop(all, first) : all;
  const small = scaleDown(picture, fitWithin(picture, { maxWidth, maxHeight }));
  return { format, base64: (await encodePicture(small, format)).toString('base64') };
}
