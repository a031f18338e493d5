import type { AdminAddress } from '../admin/admin-client.js';
import { adminSecretFile, readAdminSecret } from '../admin/admin-secret.js';
import { adminSocketPath } from '../admin/admin-socket.js';
import type { BrokerConfig } from '../config/read-config.js';

/** Where the broker of this configuration may be asked, the best first. */
export async function adminAddresses({ workingPath, adminPort }: BrokerConfig): Promise<AdminAddress[]> {
  const socket = adminSocketPath(workingPath);
  if (adminPort === undefined) return [socket];
  // Without the secret that a running broker leaves there, nothing is to be said to whoever listens.
  const secret = await readAdminSecret(adminSecretFile(workingPath));
  return secret === null ? [socket] : [socket, { port: adminPort, secret }];
}
