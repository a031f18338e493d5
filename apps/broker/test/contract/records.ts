import type { HostFacts } from '@dcvsm/protocol';
import type { Server } from '../../src/domain/server.js';
import type { Session } from '../../src/domain/session.js';
import type { Registration } from '../../src/store/store.js';

/** Whole records for tests; each takes what the test is about. */

const NOON_MS = Date.UTC(2026, 0, 1, 12);

export function aSession(key: string, change: Partial<Session> = {}): Session {
  return {
    key,
    id: key,
    name: `desk of ${key}`,
    owner: 'alice',
    type: 'VIRTUAL',
    wanted: {
      autorunFile: 'start.sh',
      autorunFileArguments: ['--scale', '2'],
      requirements: "server:Host.Os.Family = 'linux'",
      enqueue: true,
      retryOnFailure: false,
    },
    state: 'CREATING',
    stateReason: null,
    serverId: null,
    triedServerIds: ['host-7'],
    requestedAtMs: NOON_MS + 0.001,
    queuedUntilMs: NOON_MS + 1000,
    reservedUntilMs: null,
    createdAtMs: null,
    deletedAtMs: null,
    unwanted: false,
    forced: false,
    storageRoot: '/srv/%u',
    version: 1,
    ...change,
  };
}

export function facts(hostname: string): HostFacts {
  return {
    hostname,
    ip: '10.0.0.7',
    dnsName: `${hostname}.example.com`,
    endpoints: [{ ipAddress: '10.0.0.7', port: 8443, protocol: 'HTTP', webUrlPath: '/' }],
    webUrlPath: '/',
    dcvVersion: '2025.0',
    agentVersion: '0.1.0',
    os: { family: 'linux', name: 'Ubuntu', version: '24.04', kernelVersion: '6.8' },
    memoryTotalBytes: 64 * 2 ** 30,
    swapTotalBytes: 0,
    cpu: {
      vendor: 'Intel',
      modelName: 'Xeon',
      architecture: 'x86_64',
      numberOfCpus: 2,
      physicalCoresPerCpu: 8,
    },
    gpus: [{ vendor: 'NVIDIA', modelName: 'T4' }],
    tags: [{ key: 'pool', value: 'blue' }],
    limits: { maxVirtualSessions: -1, maxVirtualSessionsPerUser: 2 },
  };
}

export function newServer(id: string): Pick<Server, 'id' | 'facts' | 'registeredAtMs'> {
  return { id, facts: facts(`name-of-${id.replace(/[^a-z0-9-]/g, '')}`), registeredAtMs: NOON_MS };
}

export function aRegistration(id: string, change: Partial<Registration> = {}): Registration {
  return {
    kind: 'api-client',
    id,
    uniqueName: `name of ${id}`,
    createdAtMs: NOON_MS,
    body: JSON.stringify({ about: id }),
    version: 1,
    ...change,
  };
}
