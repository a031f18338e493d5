import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import {
  connect,
  credsAuthenticator,
  type NatsConnection,
  type NodeConnectionOptions,
} from '@nats-io/transport-node';

/** Where the NATS servers of a cluster are, and as whom to speak to them. */
export interface NatsAddress {
  /** `host:port` of each, IPv6 in brackets. */
  readonly servers: readonly string[];
  /** TLS is demanded; without it, it is used where the server demands it. */
  readonly tls: boolean;
  /** PEM file of the authorities that are trusted instead of the system's. */
  readonly caFile: string | null;
  readonly user: string | null;
  readonly password: string | null;
  readonly token: string | null;
  /** File with a JWT and its key, as `nsc` writes it. */
  readonly credentialsFile: string | null;
}

const CONNECT_MS = 5000;
const PING_MS = 5000;

/** Files are read each time, so that they may be renewed. The connection ends for good when it is lost. @rejects */
export async function connectNats(address: NatsAddress, name: string): Promise<NatsConnection> {
  const { servers, caFile, user, password, token, credentialsFile } = address;
  const options: NodeConnectionOptions = {
    servers: [...servers],
    name,
    reconnect: false,
    timeout: CONNECT_MS,
    pingInterval: PING_MS,
    maxPingOut: 2,
    ...((address.tls || caFile !== null) && { tls: tlsOf(address) }),
    ...(user !== null && { user, pass: password ?? '' }),
    ...(token !== null && { token }),
    ...(credentialsFile !== null && { authenticator: credsAuthenticator(await readFile(credentialsFile)) }),
  };
  return connect(options);
}

/**
 * The driver gives TLS no name for a server that is known by its address, and Node would then ask the certificate for
 * `localhost`; it has to be for one of the addresses.
 */
function tlsOf({ servers, caFile }: NatsAddress): object {
  const hosts = servers.map((server) => server.replace(/:\d+$/, '').replace(/^\[|\]$/g, ''));
  const addresses = hosts.filter((host) => isIP(host) !== 0);
  const check = (name: string, certificate: PeerCertificate): Error | undefined => {
    const named = hosts.includes(name) || addresses.length === 0;
    const problems = (named ? [name] : addresses).map((host) => checkServerIdentity(host, certificate));
    return problems.includes(undefined) ? undefined : problems[0];
  };
  return { ...(caFile !== null && { caFile }), checkServerIdentity: check };
}
