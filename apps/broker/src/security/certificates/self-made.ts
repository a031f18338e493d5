import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { WatchedCertificate } from './expiry-warnings.js';
import { ownCa, type OwnCa } from './own-ca.js';
import { ownLeaf, type OwnLeaf } from './own-leaf.js';

/** The broker's own CA, and the server certificate that it has signed. */
export interface SelfMade {
  readonly ca: OwnCa;
  readonly leaf: OwnLeaf;
}

export interface SelfMadeOptions {
  readonly workingPath: string;
  /** DNS names and addresses that the server certificate must carry, the first one first. */
  readonly names: readonly string[];
  readonly nowMs: number;
  /** Whether a CA may be made when there is none: at a start, never while clients trust one. */
  readonly mayMakeCa: boolean;
}

/**
 * What `<working path>/security` holds, with what was missing or no longer good made anew, except for a CA that is there.
 * @throws CertificateProblem when what an operator put there cannot be used.
 */
export async function selfMade({ workingPath, names, nowMs, mayMakeCa }: SelfMadeOptions): Promise<SelfMade> {
  const folder = join(workingPath, 'security');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const ca = await ownCa(folder, { nowMs, mayMake: mayMakeCa });
  return { ca, leaf: await ownLeaf(folder, ca, names, nowMs) };
}

/** A new CA has to reach every client and host first, which takes people months. */
const WARN_CA_DAYS = 180;

/** The CA, to be watched for its end: it is never replaced by the broker. */
export function watchedCa({ file, certificate }: OwnCa): WatchedCertificate {
  const remedy =
    'replace the CA and its key, give the new certificate to all clients and hosts, restart the broker';
  return { file, certificate, warnDays: WARN_CA_DAYS, remedy };
}
