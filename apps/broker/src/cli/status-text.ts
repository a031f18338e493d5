import type { BrokerStatus, CertificateStatus } from '../admin/broker-status.js';
import { FEW_DAYS } from '../admin/status-problems.js';
import { duration, megabytes, plural } from './text/quantities.js';
import type { Paint } from './text/paint.js';
import { row } from './text/rows.js';
import type { TextStyle } from './text/style.js';

/** The status for people, as lines that fit into the terminal. */
export function statusText(status: BrokerStatus, style: TextStyle): string {
  const lines = [
    ...headLines(status, style),
    '',
    ...listenerLines(status, style),
    '',
    ...fleetLines(status, style),
    '',
    ...ownLines(status, style),
    ...problemLines(status, style),
  ];
  return `${lines.join('\n')}\n`;
}

function headLines(status: BrokerStatus, style: TextStyle): string[] {
  const { paint } = style;
  const health = status.problems.length === 0 ? paint('green', 'healthy') : paint('yellow', 'needs a look');
  const since = status.startedAt.slice(0, 16).replace('T', ' ');
  return [
    ...row(style, 'Broker', [`Open DCV Session Manager ${status.version}`, health]),
    ...row(style, 'Running', [
      `for ${duration(status.uptimeSeconds)}`,
      `since ${since} UTC`,
      `process ${status.processId}`,
      `Node ${status.nodeVersion}`,
    ]),
    ...row(style, 'Configuration', [status.configFile]),
  ];
}

function listenerLines(status: BrokerStatus, style: TextStyle): string[] {
  const { paint } = style;
  const ports = status.listeners.flatMap(({ name, host, port, certificate, problem }) =>
    row(style, `${capital(name)} port`, [
      `${host.includes(':') ? `[${host}]` : host}:${port}`,
      ...(problem === null ? [] : [paint('red', problem)]),
      ...certificateCells(certificate, paint),
    ]),
  );
  const { file, certificate } = status.certificateAuthority;
  const adminPort = status.adminPort === null ? [] : [`127.0.0.1:${status.adminPort}`];
  return [
    ...ports,
    ...row(style, 'CA', [...certificateCells(certificate, paint), file]),
    ...row(style, 'Commands', [status.adminSocket, ...adminPort]),
  ];
}

function certificateCells(certificate: CertificateStatus | null, paint: Paint): string[] {
  if (certificate === null) return [];
  const { subject, daysLeft } = certificate;
  const left = daysLeft < 0 ? 'ended' : `${plural(daysLeft, 'day')} left`;
  return [subject, daysLeft < FEW_DAYS ? paint('red', left) : left];
}

function fleetLines(status: BrokerStatus, style: TextStyle): string[] {
  const { paint } = style;
  const { queue, servers } = status;
  const unavailable = Object.entries(servers.unavailable).map(([reason, count]) =>
    paint('yellow', `${count} ${reason}`),
  );
  const oldest = queue.oldestWaitSeconds;
  return [
    ...row(style, 'Servers', [String(servers.total), `${servers.available} AVAILABLE`, ...unavailable]),
    ...row(style, 'Agent links', [String(status.agentLinks)]),
    ...row(style, 'Sessions', [
      String(sum(Object.values(status.sessions))),
      ...Object.entries(status.sessions).flatMap(([state, count]) =>
        count === 0 ? [] : [`${count} ${state}`],
      ),
    ]),
    ...row(style, 'Queue', [
      `${queue.waiting} of ${queue.max}`,
      ...(oldest === null ? [] : [`the oldest waits ${duration(oldest)}`]),
    ]),
  ];
}

function ownLines(status: BrokerStatus, style: TextStyle): string[] {
  const { store, memory, authorization } = status;
  const clients = ({ active, inactive }: BrokerStatus['apiClients']): string[] => [
    `${active} active`,
    ...(inactive === 0 ? [] : [`${inactive} inactive`]),
  ];
  const switches = [
    authorization.clientsNeedTokens ? 'clients need a token' : 'clients need NO token',
    authorization.agentsNeedTokens ? 'agents need a token' : 'agents need NO token',
    authorization.issuesTokens ? 'tokens are issued here' : 'tokens are issued elsewhere',
  ];
  return [
    ...row(style, 'API clients', clients(status.apiClients)),
    ...row(style, 'Agent clients', clients(status.agentClients)),
    ...row(style, 'Authorization', switches),
    ...row(style, 'Store', [
      store.kind,
      ...(store.sizeBytes === null ? [] : [megabytes(store.sizeBytes)]),
      ...(store.kind === 'memory' ? ['forgets everything at a stop'] : []),
      ...(store.path === null ? [] : [store.path]),
    ]),
    ...row(style, 'Memory', [
      megabytes(memory.residentBytes),
      `heap ${megabytes(memory.heapUsedBytes)} of ${megabytes(memory.heapLimitBytes)}`,
    ]),
  ];
}

function problemLines({ problems }: BrokerStatus, style: TextStyle): string[] {
  return problems.flatMap((problem) => ['', ...row(style, style.paint('yellow', 'Problem'), [problem])]);
}

function capital(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
