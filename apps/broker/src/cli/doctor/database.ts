import { databaseFile } from '../../config/database-file.js';
import { inspectDatabase } from '../../store/inspect-database.js';
import type { ConfiguredFacts } from './facts.js';
import { fail, ok, type Finding } from './finding.js';

/** The store, through the running broker, which holds it exclusively; else the file itself, without changing it. */
export function databaseFindings({ config, broker }: ConfiguredFacts): Finding[] {
  if (broker.kind === 'running') {
    const { storeProblem } = broker.health;
    const remedy = 'look at the log, and at free space and access rights of the working path';
    if (storeProblem !== null) return [fail(storeProblem, remedy)];
    return [ok(`the store (${broker.status.store.kind}) answers`)];
  }
  if (config.store === 'memory') return [ok('the state is kept in memory; there is no file')];
  if (config.database !== undefined)
    return [
      ok(`the state is in a shared database (${config.store}); a running broker says whether it answers`),
    ];
  const path = databaseFile(config.workingPath);
  const found = inspectDatabase(path);
  if (found.kind === 'bad') return [fail(`${path} ${found.problem}`, found.remedy)];
  return [
    ok(found.kind === 'good' ? `${path} is whole` : `${path} is not there yet; the first start makes it`),
  ];
}
