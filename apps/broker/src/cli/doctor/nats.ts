import { connectNats } from '../../cluster/nats-address.js';
import type { BrokerConfig } from '../../config/read-config.js';
import { fail, ok, type Finding } from './finding.js';

/** Whether the NATS servers let this broker in, from here and now. */
export async function natsFindings(config: Pick<BrokerConfig, 'cluster'>): Promise<Finding[]> {
  const { cluster } = config;
  if (cluster === null) return [];
  const { servers } = cluster.nats;
  try {
    const connection = await connectNats(cluster.nats, `${cluster.brokerName} doctor`);
    const server = connection.getServer();
    await connection.close();
    return [ok(`${server} answers`)];
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return [
      fail(
        `no NATS server of cluster-nats-url lets this broker in (${servers.join(', ')}): ${words}`,
        'see that they run, that their ports can be reached, and that cluster-nats-url, cluster-nats-ca-file and cluster-nats-credentials-file are right',
      ),
    ];
  }
}
