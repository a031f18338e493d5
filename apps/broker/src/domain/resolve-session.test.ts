import type { SessionState } from '@dcvsm/protocol';
import { aSession, facts } from '../../test/contract/records.js';
import { resolveSession, type Resolution, type Transport } from './resolve-session.js';
import type { Server } from './server.js';
import type { Session } from './session.js';

const http = { ipAddress: '10.0.0.7', port: 8443, protocol: 'HTTP', webUrlPath: '/dcv' } as const;
const quic = { ipAddress: '10.0.0.7', port: 9443, protocol: 'QUIC' } as const;

function aServer(id: string, endpoints: Server['facts']['endpoints'] = [http, quic]): Server {
  return {
    id,
    facts: { ...facts(id), endpoints, webUrlPath: '/whole-server' },
    gate: 'OPEN',
    linkEpoch: 1,
    placementVersion: 1,
    registeredAtMs: 0,
  };
}

function resolve(
  sessions: readonly Session[],
  servers = [aServer('s1'), aServer('s2')],
  transport: Transport = 'HTTP',
): Resolution {
  return resolveSession({
    sessions,
    transport,
    server: (id) => servers.find((server) => server.id === id),
    mapping: () => undefined,
  });
}

const on = (serverId: string, state: SessionState = 'READY'): Session =>
  aSession(`desk@${serverId}`, { id: 'desk', state, serverId });

it('names the host, and the port and path of the endpoint asked for', () => {
  expect(resolve([on('s1')])).toEqual({
    kind: 'resolved',
    sessionId: 'desk',
    transport: 'HTTP',
    dnsName: 's1.example.com',
    port: 8443,
    webUrlPath: '/dcv',
  });
  expect(resolve([on('s1')], [aServer('s1')], 'QUIC')).toMatchObject({
    transport: 'QUIC',
    port: 9443,
    webUrlPath: '/dcv',
  });
});

it('takes the path of the server for an endpoint without one', () => {
  const bare = { ipAddress: '10.0.0.7', port: 8443, protocol: 'HTTP' } as const;
  expect(resolve([on('s1')], [aServer('s1', [bare])])).toMatchObject({ webUrlPath: '/whole-server' });
});

it.each<readonly [SessionState, Resolution['kind']]>([
  ['READY', 'resolved'],
  ['UNKNOWN', 'resolved'],
  ['CREATING', 'not-found'],
  ['DELETING', 'not-found'],
  ['DELETED', 'not-found'],
])('a session that is %s: %s', (state, kind) => {
  expect(resolve([on('s1', state)])).toMatchObject(
    kind === 'resolved' ? { kind } : { kind, reason: `the session is ${state}` },
  );
});

it.each<[string, readonly Session[], string]>([
  ['of an unknown id', [], 'no session has this id'],
  ['that several hosts have', [on('s1'), on('s2')], '2 hosts have a session of this id'],
  [
    'that several hosts may have',
    [on('s1', 'UNKNOWN'), on('s2', 'UNKNOWN')],
    '2 hosts have a session of this id',
  ],
  ['whose server is forgotten', [on('s3')], 'the server of the session is not known any more'],
])('finds no session %s', (_, sessions, reason) => {
  expect(resolve(sessions)).toEqual({ kind: 'not-found', reason });
});

it('takes the one that lives for certain', () => {
  expect(resolve([on('s1', 'UNKNOWN'), on('s2')])).toMatchObject({ dnsName: 's2.example.com' });
  expect(resolve([on('s1'), on('s2', 'DELETED')])).toMatchObject({ dnsName: 's1.example.com' });
});

it('finds nothing when the DCV server does not offer the transport', () => {
  expect(resolve([on('s1')], [aServer('s1', [http])], 'QUIC')).toEqual({
    kind: 'not-found',
    reason: 'the DCV server of the session has no QUIC endpoint',
  });
});
