import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createLog, systemClock } from '@dcvsm/runtime';
import { ManualClock } from '@dcvsm/testkit';
import { Certificates } from '../../src/security/certificates/certificates.js';
import type { ListenerName, ListenerStores } from '../../src/security/certificates/listener-tls.js';
import { hasTrustedCertificate } from '../../src/security/certificates/trusted-peer.js';

/** Certificates with a real server for each listener, on a manual clock that starts now. */
export class Listeners implements AsyncDisposable {
  readonly #servers: Server[] = [];
  readonly #ports = new Map<ListenerName, number>();

  private constructor(
    readonly certificates: Certificates,
    readonly clock: ManualClock,
    /** Every line of the log. */
    readonly lines: Record<string, unknown>[],
  ) {}

  static async start(options: {
    readonly workingPath: string;
    /** How long from now it is on the clock. */
    readonly aheadMs?: number;
    readonly names?: () => readonly string[];
    readonly listeners: Partial<Record<ListenerName, Partial<ListenerStores>>>;
  }): Promise<Listeners> {
    const clock = new ManualClock(systemClock().now() + (options.aheadMs ?? 0));
    const lines: Record<string, unknown>[] = [];
    const destination = { write: (line: string) => void lines.push(JSON.parse(line) as never) };
    const listeners = Object.fromEntries(
      Object.entries(options.listeners).map(([name, stores]) => [
        name,
        { keyStore: undefined, trustStore: undefined, clientAuth: 'none', ...stores },
      ]),
    ) as Partial<Record<ListenerName, ListenerStores>>;
    const certificates = await Certificates.open({
      workingPath: options.workingPath,
      names: options.names ?? (() => ['127.0.0.1']),
      listeners,
      clock,
      log: createLog({ name: 'test', level: 'info', destination }),
    });
    const started = new Listeners(certificates, clock, lines);
    for (const name of Object.keys(listeners) as ListenerName[]) await started.#listen(name);
    return started;
  }

  port(name: ListenerName): number {
    return this.#ports.get(name) ?? 0;
  }

  /** The messages of the log with this beginning. */
  logged(message: string): Record<string, unknown>[] {
    return this.lines.filter(({ msg }) => String(msg).startsWith(message));
  }

  /** Answers every request with whether the client has shown a trusted certificate. */
  async #listen(name: ListenerName): Promise<void> {
    const server = createServer(this.certificates.forListener(name), (request, response) => {
      response.end(`trusted: ${hasTrustedCertificate(request.socket)}`);
    });
    this.certificates.serve(name, server);
    this.#servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.#ports.set(name, (server.address() as AddressInfo).port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.certificates.stop();
    for (const server of this.#servers) {
      server.close();
      server.closeAllConnections();
    }
  }
}
