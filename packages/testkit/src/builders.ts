import type { HostFacts, HostLoad, HostSession, Report } from '@dcvsm/protocol';

/** Believable values for tests; each test names only what it is about. */

export function hostFacts(overrides: Partial<HostFacts> = {}): HostFacts {
  return {
    hostname: 'desk-1',
    ip: '10.0.0.1',
    dnsName: 'desk-1.internal',
    endpoints: [
      { ipAddress: '10.0.0.1', port: 8443, protocol: 'HTTP', webUrlPath: '/' },
      { ipAddress: '10.0.0.1', port: 8443, protocol: 'QUIC' },
    ],
    webUrlPath: '/',
    dcvVersion: '2025.0.20103',
    agentVersion: '0.1.0',
    os: { family: 'linux', name: 'Debian GNU/Linux', version: '12', kernelVersion: '6.1.0' },
    memoryTotalBytes: 16_000_000_000,
    swapTotalBytes: 2_000_000_000,
    cpu: {
      vendor: 'GenuineIntel',
      modelName: 'Xeon',
      architecture: 'x86_64',
      numberOfCpus: 8,
      physicalCoresPerCpu: 4,
    },
    gpus: [],
    tags: [],
    limits: { maxVirtualSessions: 10, maxVirtualSessionsPerUser: 10 },
    ...overrides,
  };
}

export function hostLoad(overrides: Partial<HostLoad> = {}): HostLoad {
  return {
    memoryUsedBytes: 4_000_000_000,
    swapUsedBytes: 0,
    cpuLoadAverage: { oneMinute: 0.5, fiveMinutes: 0.4, fifteenMinutes: 0.3 },
    loggedInUsers: [],
    ...overrides,
  };
}

export function hostSession(id: string, overrides: Partial<HostSession> = {}): HostSession {
  return { id, name: `name of ${id}`, owner: 'alice', type: 'VIRTUAL', connections: 0, ...overrides };
}

export function report(sessions: readonly HostSession[] = [], facts: Partial<HostFacts> = {}): Report {
  return { facts: hostFacts(facts), load: hostLoad(), dcv: { healthy: true, sessions: [...sessions] } };
}
