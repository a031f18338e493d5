import { createServer, type AddressInfo } from 'node:net';

/** A port of the loopback nobody listens on: `preferred` if it is free, else any. */
export async function freePort(preferred: number | undefined): Promise<number> {
  if (preferred !== undefined && (await isFree(preferred))) return preferred;
  return tryToListen(0);
}

async function isFree(port: number): Promise<boolean> {
  try {
    await tryToListen(port);
    return true;
  } catch {
    return false;
  }
}

function tryToListen(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const { port: chosen } = server.address() as AddressInfo;
      server.close(() => resolve(chosen));
    });
  });
}
