import { createSecureContext, type SecureContext } from 'node:tls';

/** Where simulated agents link to. */
export interface Target {
  /** `https://host:port` of the agent listener. */
  readonly agentUrl: URL;
  /** One for all connections: making one costs as much as a handshake. */
  readonly secureContext: SecureContext;
}

/** `ca`: PEM. */
export function targetOf(agentUrl: string, ca: string): Target {
  return { agentUrl: new URL(agentUrl), secureContext: createSecureContext({ ca }) };
}

/** Whether the host of a URL can only be this machine. Names other than localhost can be anything. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
