import type { HostFacts } from '@dcvsm/protocol';
import type { Systeminformation } from 'systeminformation';
import type { Platform } from '../config/platform.js';

export type OsFacts = HostFacts['os'];
type OsInfo = Pick<Systeminformation.OsData, 'distro' | 'release' | 'kernel' | 'build'>;

export async function readOs(platform: Platform): Promise<OsFacts> {
  const { osInfo } = await import('systeminformation');
  return toOsFacts(await osInfo(), platform);
}

/** Linux has a kernel version, Windows a build number (developer guide, DescribeServers). */
export function toOsFacts({ distro, release, kernel, build }: OsInfo, platform: Platform): OsFacts {
  const base = { family: platform, name: distro, version: release };
  return platform === 'windows' ? { ...base, buildNumber: build } : { ...base, kernelVersion: kernel };
}

/** The name by which others reach this host, as far as the host itself knows. */
export async function readDnsName(): Promise<string> {
  const { osInfo } = await import('systeminformation');
  return (await osInfo()).fqdn;
}
