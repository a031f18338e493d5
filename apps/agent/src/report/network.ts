import { isIPv4 } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';
import type { Platform } from '../config/platform.js';

export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

export interface AddressRule {
  /** `preferred_network_interface`. */
  readonly preferred: string | undefined;
  readonly platform: Platform;
  /** A broker on this same host is reached through the loopback, which then is an address that works. */
  readonly brokerIsLocal: boolean;
}

/**
 * Address of this host: of the preferred interface if there is such one, else of the first that is not the
 * loopback (administration guide, preferred_network_interface). Null while there is none, as early at boot:
 * an identity must not be bound to an address that is not real.
 */
export function hostAddress(interfaces: Interfaces, rule: AddressRule): string | null {
  const preferred =
    rule.preferred === undefined ? null : addressOf(findInterface(interfaces, rule.preferred, rule.platform));
  if (preferred !== null) return preferred;
  const others = Object.values(interfaces).flatMap((addresses) => addresses ?? []);
  const external = addressOf(others.filter((address) => !address.internal));
  if (external !== null) return external;
  return rule.brokerIsLocal ? addressOf(others) : null;
}

/** Hardware addresses of the interfaces that have a real address, sorted. */
export function hardwareAddresses(interfaces: Interfaces): readonly string[] {
  const all = Object.values(interfaces).flatMap((addresses) => addresses ?? []);
  const macs = all.filter((address) => !address.internal && isUsable(address)).map(({ mac }) => mac);
  return [...new Set(macs)].filter((mac) => mac !== '00:00:00:00:00:00').sort();
}

export function isLocalHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

function findInterface(
  interfaces: Interfaces,
  name: string,
  platform: Platform,
): readonly NetworkInterfaceInfo[] {
  if (platform !== 'windows') return interfaces[name] ?? [];
  const wanted = name.toLowerCase();
  return Object.entries(interfaces).find(([key]) => key.toLowerCase() === wanted)?.[1] ?? [];
}

/** IPv4 goes first: it is what clients expect to see in `Ip`. */
function addressOf(addresses: readonly NetworkInterfaceInfo[]): string | null {
  const usable = addresses.filter(isUsable);
  return (usable.find((address) => address.family === 'IPv4') ?? usable[0])?.address ?? null;
}

/** Neither "all addresses" nor one that only works on one cable. */
function isUsable({ address }: NetworkInterfaceInfo): boolean {
  return !['0.0.0.0', '::'].includes(address) && !/^(?:169\.254\.|fe[89ab][0-9a-f]:)/i.test(address);
}
