import { chmod, mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';

/** What the server id of this host was made from. */
export const Identity = z.object({
  serverId: z.string().min(1).max(512),
  hostname: z.string(),
  ip: z.string(),
  /** Hardware addresses of the network interfaces; they tell a renamed host from a copy of its disk. */
  macs: z.array(z.string()),
  /** Ids of this same host that the broker may still know. */
  previousServerIds: z.array(z.string().max(512)),
});
export type Identity = z.infer<typeof Identity>;

/** The host as it is now. */
export interface HostNames {
  readonly hostname: string;
  readonly ip: string;
  readonly macs: readonly string[];
}

/** As many as a hello may carry. */
const MAX_PREVIOUS = 16;

/**
 * The identity of the host as it is now: the stored one, or a new one if its name or address changed. Older
 * ids are kept until the broker knows the new one, so that it can forget them; but never those of another
 * machine whose disk this one is a copy of, since that machine may well be alive.
 */
export function identityFor(stored: Identity | null, host: HostNames, uuid: () => string): Identity {
  if (stored && stored.hostname === host.hostname && stored.ip === host.ip) {
    const sameMacs = stored.macs.join() === host.macs.join();
    return sameMacs ? stored : { ...stored, macs: [...host.macs] };
  }
  const previous =
    stored && isSameMachine(stored, host) ? [...stored.previousServerIds, stored.serverId] : [];
  return {
    serverId: makeServerId(host, uuid()),
    hostname: host.hostname,
    ip: host.ip,
    macs: [...host.macs],
    previousServerIds: previous.slice(-MAX_PREVIOUS),
  };
}

/** Form of the original: base64 of `<hostname>-<ip>-<32 hexadecimal digits>`. */
export function makeServerId({ hostname, ip }: Pick<HostNames, 'hostname' | 'ip'>, uuid: string): string {
  return Buffer.from(`${hostname.slice(0, 255)}-${ip}-${uuid.replaceAll('-', '')}`).toString('base64');
}

function isSameMachine(stored: Identity, { macs }: HostNames): boolean {
  if (stored.macs.length === 0 && macs.length === 0) return true;
  return stored.macs.some((mac) => macs.includes(mac));
}

/** Null if there is none yet, or if what is there cannot be used; a new identity is made then. */
export async function loadIdentity(file: string): Promise<{ identity: Identity | null; problem?: string }> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    return code === 'ENOENT'
      ? { identity: null }
      : { identity: null, problem: `cannot be read (${code ?? 'error'})` };
  }
  try {
    return { identity: Identity.parse(JSON.parse(text)) };
  } catch {
    return { identity: null, problem: 'is damaged' };
  }
}

/** Written beside and then renamed: after a power cut there is the old identity or the new one, nothing between. */
export async function saveIdentity(file: string, identity: Identity): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o755 });
  const fresh = `${file}.new`;
  const handle = await open(fresh, 'w', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(identity, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await chmod(fresh, 0o600);
  await rename(fresh, file);
}
