import { limits, type CreateSessionRequestData } from '@dcvsm/protocol';

/** The broker takes no larger body than twice this. */
const REQUEST_BYTES = 1_048_576;

/** Entries in as many lists as requests are needed for them, in their order. */
export function inRequests(entries: readonly CreateSessionRequestData[]): CreateSessionRequestData[][] {
  const requests: CreateSessionRequestData[][] = [];
  let bytes = Infinity;
  for (const entry of entries) {
    const size = Buffer.byteLength(JSON.stringify(entry)) + 1;
    const last = requests.at(-1);
    if (last !== undefined && bytes + size <= REQUEST_BYTES && last.length < limits.entriesPerRequest) {
      last.push(entry);
      bytes += size;
    } else {
      requests.push([entry]);
      bytes = size;
    }
  }
  return requests;
}
