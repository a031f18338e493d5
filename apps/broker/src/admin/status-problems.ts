import type { BrokerStatus, CertificateStatus } from './broker-status.js';

/** A certificate with fewer days left deserves a look now. */
export const FEW_DAYS = 14;

type Judged = Pick<BrokerStatus, 'listeners' | 'certificateAuthority' | 'servers' | 'queue' | 'memory'>;

/** What an operator should mend, each with where to look; a fleet of hosts that come and go is none of it. */
export function statusProblems(status: Judged): string[] {
  return [...listenerProblems(status), ...serverProblems(status), ...loadProblems(status)];
}

function listenerProblems({
  listeners,
  certificateAuthority,
}: Pick<Judged, 'listeners' | 'certificateAuthority'>): string[] {
  const ofListeners = listeners.flatMap(({ name, port, certificate, problem }) => [
    ...(problem === null ? [] : [`the ${name} port ${port} ${problem}; look at the log`]),
    ...endOf(`the certificate of the ${name} port`, certificate),
  ]);
  return [...ofListeners, ...endOf('the certificate of the CA', certificateAuthority.certificate)];
}

function endOf(what: string, certificate: CertificateStatus | null): string[] {
  if (certificate === null || certificate.daysLeft >= FEW_DAYS) return [];
  const day = certificate.validTo.slice(0, 10);
  const end = certificate.daysLeft < 0 ? `ended on ${day}` : `ends on ${day}`;
  return [`${what} ${end}; replace it, "dcv-session-manager-broker doctor" says how`];
}

function serverProblems({ servers }: Pick<Judged, 'servers'>): string[] {
  const { UNREACHABLE_AGENT: unreachable = 0, UNHEALTHY_DCV_SERVER: unhealthy = 0 } = servers.unavailable;
  const problems: string[] = [];
  if (servers.total > 0 && unreachable === servers.total) {
    problems.push('no agent is linked; look at the agents, and at the way from them to the agent port');
  }
  if (unhealthy > 0) {
    problems.push(
      `${unhealthy} of ${servers.total} servers have a DCV server that does not answer; ` +
        '"dcv-session-manager-broker doctor" names them',
    );
  }
  return problems;
}

const HEAP_SHARE = 0.9;

function loadProblems({ queue, memory }: Pick<Judged, 'queue' | 'memory'>): string[] {
  const problems: string[] = [];
  if (queue.max > 0 && queue.waiting >= queue.max) {
    problems.push(`the queue is full (${queue.max}); new requests are refused until servers have room`);
  }
  if (memory.heapUsedBytes > memory.heapLimitBytes * HEAP_SHARE) {
    problems.push(
      'the memory is nearly full; give the broker more with NODE_OPTIONS=--max-old-space-size=MB',
    );
  }
  return problems;
}
