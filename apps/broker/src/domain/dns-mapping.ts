import { canonicalIp } from './ip-address.js';
import type { Server } from './server.js';

/** How a mapping names its server, the most specific first (administrator guide, "DCV server - DNS mapping"). */
export const serverIdTypes = ['Id', 'Host.Aws.Ec2InstanceId', 'Ip'] as const;
export type ServerIdType = (typeof serverIdTypes)[number];

/** The DNS names under which a server is reached, in place of the one that its host reports. */
export interface DnsMapping {
  readonly serverIdType: ServerIdType;
  readonly serverId: string;
  /** For the Connection Gateway. */
  readonly internalDnsName?: string;
  /** Kept and listed; nothing asks for it. */
  readonly externalDnsName?: string;
}

/** Two mappings of one key are about the same server; the newer one replaces the other. */
export function mappingKey({
  serverIdType,
  serverId,
}: Pick<DnsMapping, 'serverIdType' | 'serverId'>): string {
  const id = serverIdType === 'Ip' ? (canonicalIp(serverId) ?? serverId) : serverId;
  return `${serverIdType}:${id}`;
}

/**
 * The name under which a gateway reaches the server: that of the most specific mapping with an internal name, else what
 * its host reports, at worst the plain host name.
 */
export function gatewayDnsName(
  { id, facts }: Pick<Server, 'id' | 'facts'>,
  find: (key: string) => DnsMapping | undefined,
): string {
  const ids = { Id: id, 'Host.Aws.Ec2InstanceId': facts.aws?.instanceId, Ip: facts.ip };
  for (const serverIdType of serverIdTypes) {
    const serverId = ids[serverIdType];
    const name = serverId && find(mappingKey({ serverIdType, serverId }))?.internalDnsName;
    if (name) return name;
  }
  return facts.dnsName || facts.hostname;
}
