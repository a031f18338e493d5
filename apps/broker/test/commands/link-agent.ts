import { readFileSync } from 'node:fs';
import { FakeAgent } from '@dcvsm/testkit';
import { BrokerStatus } from '../../src/admin/broker-status.js';
import type { BrokerProgram } from './broker-program.js';

/** Where agents are taken, and whom they have to trust, as the broker's status says. */
export async function agentListener(broker: BrokerProgram): Promise<{ agentUrl: string; ca: string }> {
  const { listeners, certificateAuthority } = BrokerStatus.parse(
    JSON.parse(await broker.prints('status', '--json')),
  );
  const port = listeners.find(({ name }) => name === 'agent')?.port;
  return { agentUrl: `https://127.0.0.1:${port}`, ca: readFileSync(certificateAuthority.file, 'utf8') };
}

/** Links a host to a broker that asks agents for no token. */
export async function linkAgent(broker: BrokerProgram, hostname: string): Promise<FakeAgent> {
  const agent = new FakeAgent({ serverId: hostname, ...(await agentListener(broker)) });
  await agent.connect();
  return agent;
}
