import type { X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';

/** Far more than a handshake on one's own host takes. */
const PATIENCE_MS = 5_000;

export type Presented =
  | { readonly kind: 'presented'; readonly certificate: X509Certificate }
  | { readonly kind: 'none'; readonly problem: string };

/** The certificate that a client of the port is shown, trusted or not. Never rejects. */
export function presentedCertificate(host: string, port: number): Promise<Presented> {
  return new Promise((resolve) => {
    const socket = connect({ host: reachable(host), port, rejectUnauthorized: false });
    const end = (presented: Presented): void => {
      socket.destroy();
      resolve(presented);
    };
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerX509Certificate();
      if (certificate === undefined) end({ kind: 'none', problem: 'showed no certificate' });
      else end({ kind: 'presented', certificate });
    });
    socket.once('error', (cause: NodeJS.ErrnoException) =>
      end({ kind: 'none', problem: `did not answer a TLS handshake (${cause.code ?? cause.message})` }),
    );
    socket.setTimeout(PATIENCE_MS, () =>
      end({ kind: 'none', problem: `did not answer a TLS handshake in ${PATIENCE_MS} ms` }),
    );
  });
}

/** A listener on every address is asked on this host's own. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}
