import { chmod, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, ListenOptions } from 'node:net';
import type { Ids, Log } from '@dcvsm/runtime';
import type { Express } from 'express';
import type { RecordAudit } from '../audit/audit-entry.js';
import { adminSecretFile, showsSecret, writeAdminSecret } from './admin-secret.js';
import { adminSocketPath } from './admin-socket.js';

/** Where the admin commands are taken. */
export interface AdminServer {
  readonly socketPath: string;
  /** On loopback; null unless `cli-to-broker-port` is set. */
  readonly port: number | null;
  close(): Promise<void>;
}

export interface AdminServerOptions {
  readonly workingPath: string;
  /** undefined: only the local socket. */
  readonly port: number | undefined;
  readonly app: Express;
  readonly ids: Ids;
  readonly log: Log;
  readonly audit: RecordAudit;
}

/**
 * Takes the admin commands on a local socket that only this user (and root) can open and, if wished, on a port of the
 * loopback address from who shows a secret that only this user (and root) can read.
 */
export async function startAdminServer(options: AdminServerOptions): Promise<AdminServer> {
  const socketPath = adminSocketPath(options.workingPath);
  // A socket file left by a killed broker; the store's lock has made sure that no other broker runs here.
  await rm(socketPath, { force: true });
  const socketServer = createServer(options.app);
  await listen(socketServer, { path: socketPath });
  await chmod(socketPath, 0o600);
  if (options.port === undefined) return { socketPath, port: null, close: () => close(socketServer) };

  const secretFile = adminSecretFile(options.workingPath);
  const portServer = await startPort(options, secretFile, options.port).catch(async (cause: unknown) => {
    await close(socketServer);
    throw cause;
  });
  const { port } = portServer.address() as AddressInfo;
  return {
    socketPath,
    port,
    close: async () => {
      await rm(secretFile, { force: true });
      await Promise.all([close(socketServer), close(portServer)]);
    },
  };
}

async function startPort(options: AdminServerOptions, secretFile: string, port: number): Promise<Server> {
  const secret = options.ids.secret(32);
  const server = createServer(requireSecret(options, secret));
  try {
    await listen(server, { host: '127.0.0.1', port });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause;
    throw new Error(
      `another program listens on cli-to-broker-port ${port}; choose another port, or leave the key out: ` +
        `the commands then use ${adminSocketPath(options.workingPath)} alone`,
      { cause },
    );
  }
  await writeAdminSecret(secretFile, secret);
  return server;
}

function requireSecret({ app, log, audit }: AdminServerOptions, secret: string): RequestListener {
  const error = 'the secret of the running broker is needed; run the command as root or as its user';
  return (request, response) => {
    if (showsSecret(request.headers.authorization, secret)) return app(request, response);
    const reason = 'no secret of this broker';
    log.warn({ reason }, 'refused an admin command');
    const actor = { kind: 'anybody' } as const;
    audit({ actor, action: 'admin.command', objects: [], outcome: 'refused', reason, address: '127.0.0.1' });
    response.writeHead(401, { 'Content-Type': 'application/json', Connection: 'close' });
    response.end(JSON.stringify({ error }));
  };
}

function listen(server: Server, where: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
