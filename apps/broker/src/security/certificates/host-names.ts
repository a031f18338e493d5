import { hostname, networkInterfaces } from 'node:os';

/** Every name and address under which clients may reach this host, without doubles, the host's own name first. */
export function hostNames(extraNames: readonly string[]): string[] {
  const host = hostname();
  const addresses = Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    // Link-local IPv6 addresses name an interface too, which no certificate can.
    .filter((entry) => !entry.address.startsWith('fe80'))
    .map((entry) => entry.address);
  const short = host.split('.')[0] ?? host;
  return [...new Set([host, short, 'localhost', '127.0.0.1', '::1', ...addresses, ...extraNames])];
}
