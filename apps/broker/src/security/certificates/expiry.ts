import type { X509Certificate } from 'node:crypto';

export const DAY_MS = 86_400_000;

/** Whole days until the certificate ends; negative when it has ended. */
export function daysLeft(certificate: X509Certificate, nowMs: number): number {
  return Math.floor((Date.parse(certificate.validTo) - nowMs) / DAY_MS);
}

/** Why TLS clients refuse the certificate at this time, as a phrase; undefined when they do not. */
export function untimely(certificate: X509Certificate, nowMs: number): string | undefined {
  if (Date.parse(certificate.validTo) <= nowMs) return `ended on ${day(certificate.validTo)}`;
  if (Date.parse(certificate.validFrom) > nowMs) return `is not valid before ${day(certificate.validFrom)}`;
  return undefined;
}

/** The day of an X.509 date, as people write it down. */
function day(date: string): string {
  return new Date(date).toISOString().slice(0, 10);
}
