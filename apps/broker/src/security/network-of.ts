import { isIPv6 } from 'node:net';

/** What limits for an address count by: whoever has one IPv6 address has the whole /64 of it. */
export function networkOf(address: string): string {
  // The colon first: it is there for every request, and looking for the whole form costs ten times as much.
  if (!address.includes(':') || !isIPv6(address) || address.startsWith('::ffff:')) return address;
  const [head = '', tail] = address.split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - front.length - back.length;
  return [...front, ...Array<string>(zeros).fill('0'), ...back].slice(0, 4).join(':');
}
