import type { BrokerStatus } from './broker-status.js';
import { statusProblems } from './status-problems.js';

const certificate = { subject: 'CN=broker', validTo: '2026-07-01T00:00:00.000Z', daysLeft: 300 };

const healthy: Pick<BrokerStatus, 'listeners' | 'certificateAuthority' | 'servers' | 'queue' | 'memory'> = {
  listeners: [{ name: 'client', host: '0.0.0.0', port: 8443, certificate, problem: null }],
  certificateAuthority: { file: 'ca.pem', certificate },
  servers: { total: 3, available: 2, unavailable: { SERVER_FULL: 1 } },
  queue: { waiting: 2, max: 10, oldestWaitSeconds: 5 },
  memory: { residentBytes: 100, heapUsedBytes: 50, heapLimitBytes: 100 },
};

function problems(change: Partial<typeof healthy>): string {
  return statusProblems({ ...healthy, ...change }).join('\n');
}

it('has nothing to say of a broker that works', () => {
  expect(problems({})).toBe('');
});

it('does not complain of a fleet without hosts, nor of single hosts that are away', () => {
  expect(problems({ servers: { total: 0, available: 0, unavailable: {} } })).toBe('');
  expect(problems({ servers: { total: 3, available: 1, unavailable: { UNREACHABLE_AGENT: 2 } } })).toBe('');
});

it('tells when no host is linked', () => {
  expect(problems({ servers: { total: 3, available: 0, unavailable: { UNREACHABLE_AGENT: 3 } } })).toContain(
    'no agent is linked',
  );
});

it('tells of DCV servers that do not answer', () => {
  const servers = { total: 3, available: 2, unavailable: { UNHEALTHY_DCV_SERVER: 1 } };
  expect(problems({ servers })).toContain('1 of 3 servers');
});

it('tells of a certificate that ends soon or has ended, also of the CA', () => {
  const soon = { ...certificate, daysLeft: 13 };
  const listeners = [{ ...healthy.listeners[0]!, certificate: soon }];
  expect(problems({ listeners })).toContain('the certificate of the client port ends on 2026-07-01');
  const ended = { file: 'ca.pem', certificate: { ...certificate, daysLeft: -1 } };
  expect(problems({ certificateAuthority: ended })).toContain(
    'the certificate of the CA ended on 2026-07-01',
  );
});

it('tells of a port that does not answer', () => {
  const listeners = [{ ...healthy.listeners[0]!, certificate: null, problem: 'did not answer' }];
  expect(problems({ listeners })).toContain('the client port 8443 did not answer');
});

it('tells of a full queue, unless there is none', () => {
  expect(problems({ queue: { waiting: 10, max: 10, oldestWaitSeconds: 5 } })).toContain('the queue is full');
  expect(problems({ queue: { waiting: 0, max: 0, oldestWaitSeconds: null } })).toBe('');
});

it('tells of a memory that is nearly full', () => {
  expect(problems({ memory: { residentBytes: 1, heapUsedBytes: 91, heapLimitBytes: 100 } })).toContain(
    'memory',
  );
});
