import type { X509Certificate } from 'node:crypto';
import { Duplex } from 'node:stream';
import { createSecureContext, TLSSocket, type SecureContext } from 'node:tls';

/** A PKCS#12 file that Node reads itself. */
export interface Pfx {
  readonly pfx: Buffer;
  readonly passphrase: string;
}

/**
 * A PKCS#12 file as OpenSSL opens it, for the few that node-forge cannot, such as those with a password beyond ASCII.
 * @throws what OpenSSL says against it.
 */
export function openByOpenssl(
  pfx: Buffer,
  passphrase: string,
): { material: Pfx; certificate: X509Certificate } {
  const material = { pfx, passphrase };
  const certificate = certificateOf(createSecureContext(material));
  if (certificate === undefined) throw new Error('no certificate in it');
  return { material, certificate };
}

/** The certificate that a server with this context shows; Node tells it only of a socket, so one is made for the question. */
function certificateOf(secureContext: SecureContext): X509Certificate | undefined {
  const nowhere = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
  const socket = new TLSSocket(nowhere, { isServer: true, secureContext });
  const certificate = socket.getX509Certificate();
  socket.destroy();
  return certificate;
}
