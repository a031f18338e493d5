import type { Clock } from '@dcvsm/runtime';
import { AdminError, BrokerUnreachable } from '../../admin/admin-client.js';
import type { BrokerStatus } from '../../admin/broker-status.js';
import { readFleetHealth } from '../../admin/doctor-commands.js';
import type { FleetHealth } from '../../admin/fleet-health.js';
import { readStatus } from '../../admin/status-commands.js';
import { readBrokerConfig, type BrokerConfig, type BrokerConfigResult } from '../../config/read-config.js';
import { askBroker } from '../ask-broker.js';
import type { CliContext } from '../cli-context.js';

/** What every check is told. */
export interface Facts {
  readonly configFile: string;
  readonly nowMs: number;
  readonly read: BrokerConfigResult;
  readonly broker: BrokerFacts;
}

/** The same, for checks of what the configuration names. */
export interface ConfiguredFacts extends Facts {
  readonly config: BrokerConfig;
}

export type BrokerFacts =
  | { readonly kind: 'running'; readonly status: BrokerStatus; readonly health: FleetHealth }
  /** `down`: nobody listens; `silent`: somebody does, and did not answer as expected. */
  | { readonly kind: 'down' | 'silent'; readonly problem: string };

export async function gatherFacts(context: CliContext, configFile: string): Promise<Facts> {
  const read = readBrokerConfig(configFile);
  const broker = read.kind === 'ok' ? await askAll(context.clock, read.config) : unknownBroker;
  return { configFile, nowMs: context.clock.now(), read, broker };
}

const unknownBroker = { kind: 'silent', problem: 'the configuration does not say where it is' } as const;

async function askAll(clock: Clock, config: BrokerConfig): Promise<BrokerFacts> {
  try {
    return await askBroker(clock, config, 0, async (broker) => ({
      kind: 'running',
      status: await readStatus(broker),
      health: await readFleetHealth(broker),
    }));
  } catch (error) {
    if (!(error instanceof AdminError)) throw error;
    return { kind: error instanceof BrokerUnreachable ? 'down' : 'silent', problem: error.message };
  }
}
