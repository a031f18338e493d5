import { readFileSync } from 'node:fs';
import type { DatabaseTls } from './database-address.js';

export interface TlsSettings {
  readonly rejectUnauthorized: boolean;
  readonly ca?: string;
}

/**
 * The driver's settings; undefined: no TLS.
 * @throws what the system says when the CA's file cannot be read
 */
export function tlsSettings({ mode, caFile }: DatabaseTls): TlsSettings | undefined {
  if (mode === 'off') return undefined;
  return {
    rejectUnauthorized: mode === 'verify-ca' || mode === 'verify-name',
    ...(caFile !== null && { ca: readFileSync(caFile, 'utf8') }),
  };
}
