import fc from 'fast-check';
import {
  decodeToAgent,
  decodeToBroker,
  encodeToAgent,
  encodeToBroker,
  type HostFacts,
  type Report,
  type ToAgent,
  type ToBroker,
} from '../src/index.js';

const facts: HostFacts = {
  hostname: 'desk-1',
  ip: '10.0.0.1',
  dnsName: 'desk-1.internal',
  endpoints: [{ ipAddress: '10.0.0.1', port: 8443, protocol: 'HTTP', webUrlPath: '/' }],
  webUrlPath: '/',
  dcvVersion: '2025.0',
  agentVersion: '0.1.0',
  os: { family: 'linux', name: 'Debian', version: '12', kernelVersion: '6.1.0' },
  memoryTotalBytes: 16e9,
  swapTotalBytes: 0,
  cpu: { vendor: 'v', modelName: 'm', architecture: 'x86_64', numberOfCpus: 8, physicalCoresPerCpu: 4 },
  gpus: [{ vendor: 'v', modelName: 'm' }],
  aws: { region: 'r', instanceType: 't', instanceId: 'i', imageId: 'a' },
  tags: [{ key: 'color', value: 'pink' }],
  limits: { maxVirtualSessions: -1, maxVirtualSessionsPerUser: 1 },
};
const session = { id: 'console', name: '', owner: 'zoë', type: 'CONSOLE', connections: 0 } as const;
const load = {
  memoryUsedBytes: 1,
  swapUsedBytes: 0,
  cpuLoadAverage: { oneMinute: 0.5, fiveMinutes: 0, fifteenMinutes: 12 },
  loggedInUsers: ['alice'],
};
const report: Report = {
  facts,
  load,
  dcv: { healthy: true, sessions: [{ ...session, createdAt: '2026-01-01T00:00:00Z' }] },
};

const toBroker: ToBroker[] = [
  { type: 'hello', protocolVersion: 1, serverId: 'c2VydmVy', previousServerIds: ['old'], report },
  { type: 'heartbeat' },
  { type: 'renew-token', token: 'header.payload.signature' },
  {
    type: 'report',
    requestId: 'r1',
    report: { facts, load, dcv: { healthy: false, problem: 'does not answer' } },
  },
  { type: 'picture-part', commandId: 'c1', data: 'AAAA' },
  { type: 'outcome', commandId: 'c1', outcome: { kind: 'created', session } },
  { type: 'outcome', commandId: 'c1', outcome: { kind: 'deleted' } },
  { type: 'outcome', commandId: 'c1', outcome: { kind: 'permissions-set' } },
  { type: 'outcome', commandId: 'c1', outcome: { kind: 'failed', reason: 'no', sessionMissing: true } },
  {
    type: 'outcome',
    commandId: 'c1',
    outcome: {
      kind: 'screenshot',
      picture: { format: 'png', takenAt: '2026-01-01T00:00:00+01:00', primary: true, parts: 2 },
    },
  },
];
const toAgent: ToAgent[] = [
  { type: 'welcome', protocolVersion: 1, epoch: 7, heartbeatMs: 10_000 },
  { type: 'refused', reason: 'no' },
  { type: 'report-accepted', requestId: 'r1' },
  { type: 'report-now' },
  { type: 'command', commandId: 'c', timeLeftMs: 1.5, command: { kind: 'delete-session', sessionId: 's' } },
  {
    type: 'command',
    commandId: 'c',
    timeLeftMs: 0,
    command: { kind: 'set-permissions', sessionId: 's', permissionsFile: '' },
  },
  {
    type: 'command',
    commandId: 'c',
    timeLeftMs: 0,
    command: { kind: 'take-screenshot', sessionId: 's', maxWidth: 1, maxHeight: 2, format: 'jpeg' },
  },
  {
    type: 'command',
    commandId: 'c',
    timeLeftMs: 0,
    command: {
      kind: 'create-session',
      sessionId: 's',
      name: 'n',
      owner: 'o',
      type: 'VIRTUAL',
      autorunFileArguments: ['a b', ''],
    },
  },
];

it.each(toBroker.map((message) => [message.type, message] as const))(
  'carries %s to the broker and back',
  (_, message) => {
    expect(decodeToBroker(encodeToBroker(message))).toEqual({ kind: 'message', message });
  },
);

it.each(toAgent.map((message) => [message.type, message] as const))(
  'carries %s to the agent and back',
  (_, message) => {
    expect(decodeToAgent(encodeToAgent(message))).toEqual({ kind: 'message', message });
  },
);

it('skips types that a newer peer may know, and those of the other direction', () => {
  expect(decodeToBroker('{"type":"sing","song":1}')).toEqual({ kind: 'unknown-type', type: 'sing' });
  expect(decodeToBroker(encodeToAgent({ type: 'report-now' }))).toEqual({
    kind: 'unknown-type',
    type: 'report-now',
  });
  expect(decodeToAgent('{"type":"heartbeat"}')).toEqual({ kind: 'unknown-type', type: 'heartbeat' });
});

it('drops fields that a newer peer may send', () => {
  const frame = '{"type":"heartbeat","mood":"fine"}';
  expect(decodeToBroker(frame)).toEqual({ kind: 'message', message: { type: 'heartbeat' } });
});

it.each([
  ['', 'not JSON'],
  ['{"type":"heartbeat"', 'not JSON'],
  ['null', 'not an object with a "type"'],
  ['[]', 'not an object with a "type"'],
  ['{}', 'not an object with a "type"'],
  ['{"type":5}', 'not an object with a "type"'],
  [`{"type":"${'x'.repeat(129)}"}`, 'not an object with a "type"'],
  ['{"type":"hello"}', 'hello: protocolVersion: '],
  ['{"type":"outcome","commandId":"c","outcome":{"kind":"sung"}}', 'outcome: outcome.kind: '],
  ['{"type":"picture-part","commandId":5,"data":""}', 'picture-part: commandId: '],
])('calls %j malformed and names the place', (frame, problem) => {
  const decoded = decodeToBroker(frame);
  expect(decoded.kind).toBe('malformed');
  if (decoded.kind === 'malformed') expect(decoded.problem).toContain(problem);
});

it.each<[string, object]>([
  ['a server id with half a character', { serverId: '\ud800' }],
  ['a server id that is too long', { serverId: 'x'.repeat(513) }],
  ['a tag key with a NUL', { report: { ...report, facts: { ...facts, tags: [{ key: 'a\0', value: '' }] } } }],
  [
    'more tags than any host has',
    { report: { ...report, facts: { ...facts, tags: Array(257).fill({ key: 'a', value: '' }) } } },
  ],
  [
    'a memory size that JSON readers cannot keep',
    { report: { ...report, facts: { ...facts, memoryTotalBytes: 1e300 } } },
  ],
  [
    'a count beyond 32 bits',
    { report: { ...report, dcv: { healthy: true, sessions: [{ ...session, connections: 2 ** 31 }] } } },
  ],
  [
    'a port that is none',
    {
      report: {
        ...report,
        facts: { ...facts, endpoints: [{ ipAddress: '', port: 65_536, protocol: 'HTTP' }] },
      },
    },
  ],
  [
    'a date without a zone',
    {
      report: {
        ...report,
        dcv: { healthy: true, sessions: [{ ...session, createdAt: '2026-01-01T00:00:00' }] },
      },
    },
  ],
])('refuses %s, which could not be shown to clients', (_, change) => {
  expect(decodeToBroker(JSON.stringify({ ...toBroker[0], ...change }))).toMatchObject({ kind: 'malformed' });
});

it('never throws, whatever arrives', () => {
  const frames = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.jsonValue().map((extra) => JSON.stringify({ ...toBroker[0], report: extra })),
    fc.jsonValue().map((extra) => JSON.stringify({ type: 'outcome', commandId: 'c', outcome: extra })),
  );
  fc.assert(
    fc.property(frames, (frame) => {
      for (const decode of [decodeToBroker, decodeToAgent]) {
        expect(['message', 'unknown-type', 'malformed']).toContain(decode(frame).kind);
      }
    }),
    { numRuns: 1000 },
  );
});
