import type { X509Certificate } from 'node:crypto';
import type { Log } from '@dcvsm/runtime';
import { daysLeft } from './expiry.js';

/** A certificate that the broker cannot renew by itself. */
export interface WatchedCertificate {
  readonly file: string;
  readonly certificate: X509Certificate;
  /** The warnings begin this many days before the end. */
  readonly warnDays: number;
  readonly remedy: string;
}

/** Tells the log of certificates that end soon: when that is first seen, and then once a day. */
export class ExpiryWarnings {
  readonly #log: Log;
  /** The days left that were last told, by serial number and file. */
  readonly #told = new Map<string, number>();

  constructor(log: Log) {
    this.#log = log;
  }

  look(watched: readonly WatchedCertificate[], nowMs: number): void {
    for (const { file, certificate, warnDays, remedy } of watched) {
      const days = daysLeft(certificate, nowMs);
      const id = `${certificate.serialNumber} ${file}`;
      if (days >= warnDays || this.#told.get(id) === days) continue;
      this.#told.set(id, days);
      const fields = { file, daysLeft: days, subject: certificate.subject, remedy };
      if (days < 0) this.#log.error(fields, 'a certificate has ended');
      else this.#log.warn(fields, 'a certificate ends soon');
    }
  }
}
