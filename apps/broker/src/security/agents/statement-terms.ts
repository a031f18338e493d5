import { BlockList, isIP } from 'node:net';
import { Tag } from '@dcvsm/protocol';
import { z } from 'zod';

/** Under which conditions a software statement lets a host in. */
export const StatementTerms = z.object({
  /** For people, as a hint what the statement was made for. */
  name: z.string().nullable(),
  /** Milliseconds since 1970; null: it does not expire. */
  expiresAtMs: z.number().nullable(),
  /** How many agents may register with it; null: any number. */
  maxUses: z.int().min(1).nullable(),
  /** `10.0.0.0/8`: from where; null: from anywhere. */
  addresses: z.array(z.string()).nullable(),
  /** The only tags that its hosts may claim; null: whatever they like. */
  tags: z.array(Tag).nullable(),
});
export type StatementTerms = z.infer<typeof StatementTerms>;

export const noTerms: StatementTerms = {
  name: null,
  expiresAtMs: null,
  maxUses: null,
  addresses: null,
  tags: null,
};

/** Whether the text is an address range as `addresses` has them; a single address is one, too. */
export function isAddressRange(text: string): boolean {
  return parseRange(text) !== null;
}

/** Whether the address lies in one of the ranges. IPv4 addresses may come in their IPv6 form, as sockets give them. */
export function isWithin(address: string, ranges: readonly string[]): boolean {
  const list = new BlockList();
  for (const range of ranges.map(parseRange)) {
    if (range !== null) list.addSubnet(range.network, range.prefix, range.family);
  }
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

interface AddressRange {
  readonly network: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

function parseRange(text: string): AddressRange | null {
  const [, network = '', digits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(network);
  if (version === 0) return null;
  const longest = version === 4 ? 32 : 128;
  const prefix = digits === undefined ? longest : Number(digits);
  return prefix > longest ? null : { network, prefix, family: version === 4 ? 'ipv4' : 'ipv6' };
}
