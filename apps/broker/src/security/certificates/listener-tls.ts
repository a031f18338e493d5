import type { X509Certificate } from 'node:crypto';
import type { TlsOptions } from 'node:tls';
import type { WatchedCertificate } from './expiry-warnings.js';
import { loadKeyStore, type KeyStore } from './key-store.js';
import { certificatesToPem } from './pem.js';
import type { StoreFile } from './store-file.js';
import { loadTrustStore } from './trust-store.js';

export type ListenerName = 'client' | 'agent' | 'gateway';

/** What the configuration says about the certificates of one listener. */
export interface ListenerStores {
  /** Undefined: the broker's self-made certificate. */
  readonly keyStore: StoreFile | undefined;
  /** Who vouches for the certificates of clients. */
  readonly trustStore: StoreFile | undefined;
  /**
   * Whether clients are asked for a certificate. `required` cuts off a connection without a good one; `optional` lets it
   * go on, and whoever needs the certificate asks `hasTrustedCertificate`.
   */
  readonly clientAuth: 'none' | 'optional' | 'required';
}

/** The files of a listener's own stores, read and found good; empty for a listener without any. */
export interface LoadedStores {
  readonly keyStore: KeyStore | undefined;
  readonly trusted: readonly X509Certificate[] | undefined;
}

/** @throws CertificateProblem for the first file that cannot be used. Also for checks before a start. */
export async function loadStores(stores: ListenerStores, nowMs: number): Promise<LoadedStores> {
  const { keyStore, trustStore, clientAuth } = stores;
  if (clientAuth !== 'none' && trustStore === undefined) {
    throw new Error('client certificates are asked for without a trust store');
  }
  const trusts = clientAuth === 'none' ? undefined : trustStore;
  return {
    keyStore: keyStore === undefined ? undefined : await loadKeyStore(keyStore, nowMs),
    trusted: trusts === undefined ? undefined : await loadTrustStore(trusts, nowMs),
  };
}

/** All that `https.createServer` and `setSecureContext` need; the latter forgets what is not said again. */
export function tlsOptions(
  { clientAuth }: ListenerStores,
  { keyStore, trusted }: LoadedStores,
  selfMade: { readonly key: string; readonly cert: string },
): TlsOptions {
  const own = keyStore?.material ?? { key: selfMade.key, cert: selfMade.cert };
  if (trusted === undefined) return { minVersion: 'TLSv1.2', ...own };
  return {
    minVersion: 'TLSv1.2',
    ...own,
    ca: certificatesToPem(trusted),
    requestCert: true,
    rejectUnauthorized: clientAuth === 'required',
  };
}

/** Key stores are replaced in an hour, so a month is enough. */
const WARN_STORE_DAYS = 30;

/** The certificates of a listener's own stores, to be watched for their end. */
export function watchedIn(listener: {
  readonly stores: ListenerStores;
  readonly loaded: LoadedStores;
}): readonly WatchedCertificate[] {
  const { keyStore, trustStore } = listener.stores;
  const remedy = 'put a new one there and send SIGHUP to the broker';
  const watch = (store: StoreFile | undefined, certificate: X509Certificate): WatchedCertificate[] =>
    store === undefined ? [] : [{ file: store.file, certificate, warnDays: WARN_STORE_DAYS, remedy }];
  const own = listener.loaded.keyStore?.certificate;
  return [
    ...(own === undefined ? [] : watch(keyStore, own)),
    ...(listener.loaded.trusted ?? []).flatMap((certificate) => watch(trustStore, certificate)),
  ];
}
