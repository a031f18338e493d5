import type { DcvState } from '@dcvsm/protocol';
import type { Dcv } from '../dcv/dcv.js';

/** DCV counts as healthy as long as it can say which sessions there are. */
export async function readDcvState(dcv: Dcv): Promise<DcvState> {
  const list = await dcv.listSessions();
  if (list.kind === 'failed') return { healthy: false, problem: list.reason };
  return { healthy: true, sessions: [...list.value] };
}
