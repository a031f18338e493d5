import type { HostFacts, HostLoad, HostSession, Report } from '@dcvsm/protocol';

/** Simulated hosts: the same for the same number, different from each other as the hosts of a real fleet are. */

/** Six hosts of ten meet it; each clause alone refuses at least one of the others. */
export const REQUIREMENT =
  "tag:pool = 'graphics' and server:Host.Memory.TotalBytes >= 32000000000 and server:Host.CpuInfo.NumberOfCpus >= 8";
export const PART_THAT_MEETS_IT = 0.6;

/** One host of ten has it. */
export const TAG_OF_A_TENTH = { key: 'rack', value: 'r7' } as const;

/** Owners of the sessions that hosts have from the start, evenly. */
export const LOCAL_OWNERS = 10;

export function simulatedServerId(number: number): string {
  return Buffer.from(`simulated-host-${padded(number)}`).toString('base64');
}

export function simulatedFacts(number: number, maxVirtualSessions: number): HostFacts {
  const kind = number % 10;
  const address = `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
  const hostname = `desk-${padded(number)}`;
  return {
    hostname,
    ip: address,
    dnsName: `${hostname}.internal`,
    endpoints: [
      { ipAddress: address, port: 8443, protocol: 'HTTP', webUrlPath: '/' },
      { ipAddress: address, port: 8443, protocol: 'QUIC' },
    ],
    webUrlPath: '/',
    dcvVersion: '2025.0.20103',
    agentVersion: '0.1.0',
    os: { family: 'linux', name: 'Debian GNU/Linux', version: '12', kernelVersion: '6.1.0' },
    memoryTotalBytes: kind === 2 ? 16_000_000_000 : 64_000_000_000,
    swapTotalBytes: 2_000_000_000,
    cpu: {
      vendor: 'GenuineIntel',
      modelName: 'Xeon Platinum',
      architecture: 'x86_64',
      numberOfCpus: kind === 3 ? 4 : 16,
      physicalCoresPerCpu: 8,
    },
    gpus: [],
    tags: [
      { key: 'pool', value: kind < 2 ? 'office' : 'graphics' },
      { key: TAG_OF_A_TENTH.key, value: `r${kind}` },
    ],
    limits: { maxVirtualSessions, maxVirtualSessionsPerUser: maxVirtualSessions },
  };
}

export function simulatedLoad(number: number): HostLoad {
  const oneMinute = (number % 17) / 10;
  return {
    memoryUsedBytes: 4_000_000_000 + (number % 100) * 10_000_000,
    swapUsedBytes: 0,
    cpuLoadAverage: { oneMinute, fiveMinutes: oneMinute, fifteenMinutes: oneMinute },
    loggedInUsers: [],
  };
}

/** A session that somebody made on the host itself; the broker adopts it. */
export function simulatedLocalSession(number: number, index: number): HostSession {
  return {
    id: localSessionId(number, index),
    name: `desktop ${padded(index)}`,
    owner: `owner-${index % LOCAL_OWNERS}`,
    type: 'VIRTUAL',
    connections: index % 2,
    createdAt: '2026-11-23T08:00:00Z',
  };
}

export function localSessionId(number: number, index: number): string {
  return `local-${padded(number)}-${padded(index)}`;
}

export function simulatedReport(number: number, maxVirtualSessions: number, sessions: HostSession[]): Report {
  return {
    facts: simulatedFacts(number, maxVirtualSessions),
    load: simulatedLoad(number),
    dcv: { healthy: true, sessions },
  };
}

/** Of equal length, so that answers about different hosts are. */
function padded(number: number): string {
  return String(number).padStart(6, '0');
}
