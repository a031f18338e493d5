import { PICTURE_PART_CHARACTERS, type Outcome } from '@dcvsm/protocol';
import type { PictureData } from '../dcv/parse-screenshot.js';
import { StepFailed } from '../work/executors.js';
import type { Replies } from '../work/worker.js';
import type { Connection } from './connection.js';
import type { Link } from './link.js';

/** Brings answers to the broker over the link that there is at that moment. */
export function repliesOver(link: Pick<Link, 'established'>): Replies {
  return {
    /** Without a link it is lost; the broker asks again and gets it from the inbox. */
    sendOutcome(commandId: string, outcome: Outcome): void {
      link.established?.send({ type: 'outcome', commandId, outcome });
    },

    /** All parts over one link: a picture put together from two would be none. */
    async sendPicture(commandId: string, { base64 }: PictureData): Promise<number> {
      const connection = link.established;
      if (!connection) throw new StepFailed('the link to the broker was lost');
      let parts = 0;
      for (let start = 0; start < base64.length; start += PICTURE_PART_CHARACTERS) {
        await sendPart(connection, commandId, base64.slice(start, start + PICTURE_PART_CHARACTERS));
        parts += 1;
      }
      return parts;
    },
  };
}

async function sendPart(connection: Connection, commandId: string, data: string): Promise<void> {
  try {
    await connection.sendPaced({ type: 'picture-part', commandId, data });
  } catch {
    throw new StepFailed('the link to the broker was lost');
  }
}
