import { createServer } from 'node:net';
import type { BrokerStatus } from '../../admin/broker-status.js';
import type { BrokerConfig } from '../../config/read-config.js';
import { fail, ok, warn, type Finding } from './finding.js';

interface Port {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

/** What the configuration wants to listen on. */
export function wantedPorts(config: BrokerConfig): Port[] {
  const { clientListener, agentListener, gatewayListener: gateway, adminPort } = config;
  return [
    { name: 'client', host: clientListener.bindHost, port: clientListener.port },
    { name: 'agent', host: agentListener.bindHost, port: agentListener.port },
    ...(gateway === null ? [] : [{ name: 'gateway', host: gateway.bindHost, port: gateway.port }]),
    ...(adminPort === undefined ? [] : [{ name: 'admin', host: '127.0.0.1', port: adminPort }]),
  ];
}

/** Of a running broker: whether the ports answer, and whether they are those of the file as it is now. */
export function runningPortFindings(
  wanted: readonly Port[],
  { listeners }: Pick<BrokerStatus, 'listeners'>,
): Finding[] {
  return listeners.flatMap(({ name, port, problem }) => {
    if (problem !== null)
      return [fail(`the ${name} port ${port} ${problem}`, 'look at the log of the broker')];
    const inFile = wanted.find((candidate) => candidate.name === name)?.port;
    if (inFile === undefined || inFile === 0 || inFile === port)
      return [ok(`the ${name} port ${port} answers`)];
    const message = `the ${name} port is ${port}, and ${inFile} in the configuration`;
    return [warn(message, 'restart the broker, so that it takes the configuration as it is now')];
  });
}

/** Without a broker: whether one could listen there. */
export async function freePortFindings(wanted: readonly Port[]): Promise<Finding[]> {
  return Promise.all(wanted.map(async (port) => freePortFinding(port, await whyNotListen(port))));
}

function freePortFinding({ name, host, port }: Port, code: string | null): Finding {
  const what = `the ${name} port ${host}:${port}`;
  switch (code) {
    case null:
      return ok(`${what} is free`);
    case 'EADDRINUSE':
      return fail(`another program listens on ${what}`, `find it with: ss -ltnp 'sport = :${port}'`);
    case 'EACCES':
      return fail(
        `this user may not listen on ${what}`,
        'use a port from 1024 on, or allow CAP_NET_BIND_SERVICE',
      );
    case 'EADDRNOTAVAIL':
      return fail(
        `${host} is no address of this host, so ${what} cannot be opened`,
        'put its own address, or 0.0.0.0',
      );
    default:
      return fail(`${what} cannot be opened (${code})`, 'check port and address in the configuration');
  }
}

/** The system's code for why nobody could listen there; null: somebody could. */
function whyNotListen({ host, port }: Port): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}
