import { chmod, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { Express } from 'express';

/** Serves the admin app on a local socket that only this user (and root) can open. */
export async function startAdminServer(path: string, app: Express): Promise<Server> {
  // A socket file left by a killed broker; the store's lock has made sure that no other broker runs here.
  await rm(path, { force: true });
  const server = createServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  await chmod(path, 0o600);
  return server;
}

export function stopAdminServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
