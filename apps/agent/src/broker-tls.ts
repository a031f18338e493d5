import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';
import type { AgentConfig } from './config/agent-config.js';

/** How every connection to the broker is secured. The files are read each time, so they can be replaced. */
export async function tlsOptions(
  broker: AgentConfig['broker'],
): Promise<Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'minVersion' | 'rejectUnauthorized'>> {
  const { caFile, certFile, keyFile, tlsStrict } = broker;
  const isOwn = certFile !== undefined && keyFile !== undefined;
  return {
    ...(caFile !== undefined && tlsStrict && { ca: await readFile(caFile) }),
    ...(isOwn && { cert: await readFile(certFile), key: await readFile(keyFile) }),
    rejectUnauthorized: tlsStrict,
    minVersion: 'TLSv1.2',
  };
}
