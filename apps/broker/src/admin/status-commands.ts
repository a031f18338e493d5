import { callAdmin, parseAnswer, type AdminAddress } from './admin-client.js';
import { BrokerStatus } from './broker-status.js';

/** @rejects AdminError, also when the broker answers in another form because it is of another release. */
export async function readStatus(broker: AdminAddress): Promise<BrokerStatus> {
  return parseAnswer(BrokerStatus, await callAdmin(broker, 'GET', '/status'));
}
