import type { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import type { BrokerConfig } from '../../config/read-config.js';
import { isIssuerOf } from '../../security/certificates/chain.js';
import { daysLeft, untimely } from '../../security/certificates/expiry.js';
import { readIfThere, readSecret } from '../../security/certificates/files.js';
import { loadStores, type ListenerStores } from '../../security/certificates/listener-tls.js';
import { missingNames } from '../../security/certificates/names.js';
import { CA_CERTIFICATE_FILE, ownCa } from '../../security/certificates/own-ca.js';
import { certificatesIn } from '../../security/certificates/pem.js';
import { CertificateProblem } from '../../security/certificates/problem.js';
import { plural } from '../text/quantities.js';
import { fail, ok, warn, type Finding } from './finding.js';

/** With fewer days left it is time to see to a certificate that nobody renews by itself. */
const WARN_DAYS = 30;
const LEAF_CERTIFICATE_FILE = 'dcvsmbroker_server.pem';
const LEAF_KEY_FILE = 'dcvsmbroker_server.key';

/** The host under whose names the broker has to be reachable, and the time. */
export interface Surroundings {
  readonly names: readonly string[];
  readonly nowMs: number;
}

/** The key stores and trust stores of the listeners, and what the broker has made itself. */
export async function certificateFindings(config: BrokerConfig, around: Surroundings): Promise<Finding[]> {
  const listeners = Object.entries(config.tls.listeners).filter(([name]) => isServed(config, name));
  const ofStores = await Promise.all(
    listeners.map(([name, stores]) => orFinding(() => storeFindings(name, stores, around))),
  );
  const usesSelfMade = listeners.some(([, { keyStore }]) => keyStore === undefined);
  const ofSelfMade = usesSelfMade ? await orFinding(() => selfMadeFindings(config.workingPath, around)) : [];
  return [...ofStores.flat(), ...ofSelfMade];
}

async function storeFindings(name: string, stores: ListenerStores, around: Surroundings): Promise<Finding[]> {
  const { keyStore, trusted } = await loadStores(stores, around.nowMs);
  const remedy = 'put a new one there and send SIGHUP to the broker';
  return [
    ...(keyStore === undefined ? [] : judge(`the ${name} port's`, keyStore.certificate, around, remedy)),
    ...(trusted ?? []).flatMap((ca) =>
      expiryFindings(`a trusted CA of the ${name} port`, ca, around.nowMs, remedy),
    ),
  ];
}

async function selfMadeFindings(workingPath: string, around: Surroundings): Promise<Finding[]> {
  const folder = join(workingPath, 'security');
  if ((await readIfThere(join(folder, CA_CERTIFICATE_FILE))) === null) {
    return [ok(`there is no CA in ${folder} yet; the first start makes one`)];
  }
  const { certificate: ca } = await ownCa(folder, { nowMs: around.nowMs, mayMake: false });
  const everywhere = 'replace it on the broker and on all hosts and clients';
  const ofCa = expiryFindings("the broker's CA", ca, around.nowMs, everywhere);
  const leaf = await readLeaf(folder);
  if (leaf === null) return [...ofCa, ok('there is no server certificate yet; the next start makes one')];
  const restart = 'restart the broker: it makes a new one';
  const ofLeaf = isIssuerOf(ca, leaf)
    ? judge("the broker's own", leaf, around, restart)
    : [fail("the broker's own certificate was signed by another CA", restart)];
  return [...ofCa, ...ofLeaf];
}

/** Null when there is none; the key is read for its mode alone. @throws CertificateProblem */
async function readLeaf(folder: string): Promise<X509Certificate | null> {
  await readSecret(join(folder, LEAF_KEY_FILE));
  const file = join(folder, LEAF_CERTIFICATE_FILE);
  const pem = await readIfThere(file);
  if (pem === null) return null;
  const [certificate] = certificatesIn(pem.toString('utf8'));
  if (certificate !== undefined) return certificate;
  throw new CertificateProblem(file, 'holds no certificate', 'restart the broker: it makes a new one');
}

function judge(whose: string, certificate: X509Certificate, around: Surroundings, remedy: string): Finding[] {
  const missing = missingNames(certificate, around.names);
  const ofNames =
    missing.length === 0
      ? []
      : [
          warn(
            `${whose} certificate does not name ${missing.join(', ')}`,
            `clients that use that name are cut off: ${remedy}`,
          ),
        ];
  return [...expiryFindings(`${whose} certificate`, certificate, around.nowMs, remedy), ...ofNames];
}

function expiryFindings(
  what: string,
  certificate: X509Certificate,
  nowMs: number,
  remedy: string,
): Finding[] {
  const late = untimely(certificate, nowMs);
  if (late !== undefined) return [fail(`${what} ${late}`, remedy)];
  const days = daysLeft(certificate, nowMs);
  const message = `${what} has ${plural(days, 'day')} left`;
  return [days < WARN_DAYS ? warn(message, remedy) : ok(message)];
}

async function orFinding(look: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof CertificateProblem)) throw error;
    return [fail(`${error.where} ${error.problem}`, error.remedy)];
  }
}

function isServed({ gatewayListener }: BrokerConfig, name: string): boolean {
  return name !== 'gateway' || gatewayListener !== null;
}
