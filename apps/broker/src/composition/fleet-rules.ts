import type { BrokerConfig } from '../config/read-config.js';
import type { FleetRules } from '../fleet/fleet-context.js';

/** The figures of the configuration that the fleet goes by. */
export function fleetRules(config: BrokerConfig): FleetRules {
  return {
    placementStrategy: config.placementStrategy,
    queueMaxRequests: config.createQueue.maxRequests,
    queueMaxWaitMs: config.createQueue.maxWaitMs,
    createTimeoutMs: config.sessions.createTimeoutMs,
    createRetries: config.sessions.createRetries,
    deletedRetentionMs: config.sessions.deletedRetentionMs,
    leaseMs: config.agents.leaseMs,
    unreachableServerRetentionMs: config.agents.unreachableServerRetentionMs,
    unreachableServerSessionsRetentionMs: config.agents.unreachableServerSessionsRetentionMs,
    autorunMaxArguments: config.sessions.autorunMaxArguments,
    autorunMaxArgumentCharacters: config.sessions.autorunMaxArgumentCharacters,
    screenshot: config.screenshot,
  };
}
