import { hostname } from 'node:os';
import { agentFindings } from './agents.js';
import { brokerFindings } from './broker.js';
import { certificateFindings } from './certificates.js';
import { clockFindings, readTimeSync } from './clock.js';
import { configurationFindings } from './configuration.js';
import { databaseFindings } from './database.js';
import { diskFindings, freeBytes } from './disk.js';
import type { ConfiguredFacts, Facts } from './facts.js';
import { fileFindings } from './files.js';
import { fail, type Finding } from './finding.js';
import { natsFindings } from './nats.js';
import { nodeFindings } from './node-version.js';
import { freePortFindings, runningPortFindings, wantedPorts } from './ports.js';

export type NamedFinding = Finding & { readonly check: string };

interface Check<Needed> {
  readonly name: string;
  readonly look: (facts: Needed) => readonly Finding[] | Promise<readonly Finding[]>;
}

/** What can be looked at without a configuration. */
const CHECKS: readonly Check<Facts>[] = [
  { name: 'configuration', look: ({ configFile, read }) => configurationFindings(configFile, read) },
  { name: 'node', look: () => nodeFindings(process.versions.node) },
  { name: 'clock', look: async ({ nowMs }) => clockFindings(nowMs, await readTimeSync()) },
];

const CONFIGURED_CHECKS: readonly Check<ConfiguredFacts>[] = [
  { name: 'broker', look: ({ broker }) => brokerFindings(broker) },
  { name: 'files', look: ({ config }) => fileFindings(config.workingPath) },
  {
    name: 'disk',
    look: async ({ config: { workingPath } }) => diskFindings(workingPath, await freeBytes(workingPath)),
  },
  { name: 'database', look: databaseFindings },
  { name: 'nats', look: ({ config }) => natsFindings(config) },
  {
    name: 'certificates',
    look: ({ config, nowMs }) =>
      certificateFindings(config, { names: [hostname(), ...config.tls.extraNames], nowMs }),
  },
  {
    name: 'ports',
    look: ({ config, broker }) =>
      broker.kind === 'running'
        ? runningPortFindings(wantedPorts(config), broker.status)
        : freePortFindings(wantedPorts(config)),
  },
  { name: 'agents', look: ({ broker }) => (broker.kind === 'running' ? agentFindings(broker.health) : []) },
];

/** Every finding, in the order of the checks. */
export async function examine(facts: Facts): Promise<NamedFinding[]> {
  const { read } = facts;
  const general = CHECKS.map((check) => run(check, facts));
  const configured =
    read.kind === 'ok' ? CONFIGURED_CHECKS.map((check) => run(check, { ...facts, config: read.config })) : [];
  return (await Promise.all([...general, ...configured])).flat();
}

/** A check that cannot look is a finding too: most often this user may not read something. */
async function run<Needed>({ name, look }: Check<Needed>, facts: Needed): Promise<NamedFinding[]> {
  const named = (findings: readonly Finding[]): NamedFinding[] =>
    findings.map((finding) => ({ check: name, ...finding }));
  try {
    return named(await look(facts));
  } catch (error) {
    return named([fail(`could not be looked at: ${(error as Error).message}`, 'run the command as root')]);
  }
}
