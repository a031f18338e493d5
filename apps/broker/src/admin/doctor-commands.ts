import { callAdmin, parseAnswer, type AdminAddress } from './admin-client.js';
import { FleetHealth } from './fleet-health.js';

/** @rejects AdminError */
export async function readFleetHealth(broker: AdminAddress): Promise<FleetHealth> {
  return parseAnswer(FleetHealth, await callAdmin(broker, 'GET', '/fleet-health'));
}
