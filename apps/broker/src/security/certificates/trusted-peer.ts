import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/**
 * Whether the other end of a connection has shown a certificate that the listener's trust store vouches for.
 *
 * `authorized` alone does not say so: Node sets it on a TLS 1.3 session that is resumed, also when there was no
 * certificate in the first place, so that a client without one would only have to connect twice.
 */
export function hasTrustedCertificate(socket: Socket): boolean {
  return socket instanceof TLSSocket && socket.authorized && socket.getPeerX509Certificate() !== undefined;
}
