import type { FleetHealth, ServerInTrouble } from '../../admin/fleet-health.js';
import { duration, plural } from '../text/quantities.js';
import { fail, ok, warn, type Finding } from './finding.js';

/** Hosts whose agent is away, or whose DCV server does not answer its agent. */
export function agentFindings({ servers, inTrouble }: FleetHealth): Finding[] {
  if (servers === 0) {
    const remedy = 'start an agent that names this broker in agent.conf; its log says why it finds no link';
    return [warn('no agent has ever linked, or all were forgotten', remedy)];
  }
  if (inTrouble.length === 0) return [ok(`${plural(servers, 'server')}, all linked, DCV answers on each`)];
  return inTrouble.map(troubleFinding);
}

function troubleFinding({ hostname, ip, unreachableSeconds, dcvProblem }: ServerInTrouble): Finding {
  const name = `${hostname} (${ip})`;
  if (unreachableSeconds !== null) {
    const remedy = 'if the host should be up, look at the log of its agent, and at the way to the agent port';
    return warn(`${name} has had no link for ${duration(unreachableSeconds)}`, remedy);
  }
  const remedy =
    "on that host, as the agent's user: dcv list-sessions; the agent has to be a DCV administrator";
  return fail(`${name}: its DCV server does not answer: ${dcvProblem}`, remedy);
}
