import { join } from 'node:path';
import type { Tag } from '@dcvsm/protocol';
import type { AgentDeps } from './agent.js';
import type { Dcv } from './dcv/dcv.js';
import { runDcv, type RunDcv } from './dcv/run-dcv.js';
import { IdentityKeeper } from './identity-keeper.js';
import { openConnection, type OpenConnection } from './link/connection.js';
import { Membership, type Admission, type Applicant } from './registration/membership.js';
import { Host } from './report/host.js';
import type { ReporterOptions } from './report/reporter.js';
import { sessionFilesIn, type SessionFiles } from './work/session-files.js';

/** What an agent finds outside of its own process: programs, files, the network. The simulator has others. */
export interface Machine {
  readonly runDcv: RunDcv;
  readonly host: (dcv: Dcv) => ReporterOptions['host'];
  readonly identity: Pick<IdentityKeeper, 'observe' | 'welcomed'>;
  /** @param applicant tells the host as it is now */
  readonly membership: (applicant: () => Promise<Applicant>) => Admission;
  readonly openConnection: OpenConnection;
  readonly files: SessionFiles;
}

const MINIMAL_ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8' };

/** The machine that this process runs on. */
export function thisMachine(deps: AgentDeps, tags: readonly Tag[]): Machine {
  const { config, clock, ids, log, environment = MINIMAL_ENVIRONMENT } = deps;
  const { broker, statement, platform, dataFolder } = config;
  const { command } = config.dcv;
  const credentialsFile = join(dataFolder, 'credentials.json');
  return {
    runDcv: (run) => runDcv({ command, environment, clock }, run),
    host: (dcv) => new Host({ config, tags, dcv, clock, log }),
    identity: new IdentityKeeper({ file: join(dataFolder, 'identity.json'), ids, log }),
    membership: (applicant) =>
      new Membership({ broker, statement, platform, credentialsFile, clock, log, applicant }),
    openConnection,
    files: sessionFilesIn(dataFolder),
  };
}
