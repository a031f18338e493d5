import type { BrokerFacts } from './facts.js';
import { fail, ok, warn, type Finding } from './finding.js';

/** Whether a broker runs with this configuration, and what its own status complains about. */
export function brokerFindings(broker: BrokerFacts): Finding[] {
  switch (broker.kind) {
    case 'running': {
      const { version, processId, problems } = broker.status;
      return [
        ok(`release ${version} runs as process ${processId}`),
        ...problems.map((problem) => warn(problem, null)),
      ];
    }
    case 'down':
      return [
        warn(
          'no broker runs with this configuration',
          'start it: systemctl start dcv-session-manager-broker',
        ),
      ];
    case 'silent':
      return [fail(`the broker could not be asked: ${broker.problem}`, null)];
  }
}
