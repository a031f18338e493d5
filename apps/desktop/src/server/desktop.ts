import { mkdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import type { Clock, Ids, Log } from '@dcvsm/runtime';
import type { Displays } from '../display/display.js';
import { findDisplays } from '../display/find-displays.js';
import type { Size } from '../picture/picture.js';
import { endMarked } from '../processes/marked.js';
import { Refusal } from '../refusal.js';
import { Clients } from '../sessions/clients.js';
import { Faults } from '../sessions/faults.js';
import { Sessions } from '../sessions/sessions.js';
import type { Verifier } from '../verifier/ask.js';
import type { EndpointFacts } from '../wire/answer.js';
import { isDaemonThere } from '../wire/call.js';
import { socketPath } from '../wire/socket-path.js';
import { Listener } from '../wire/listen.js';
import { answerLine } from './answer-line.js';
import type { DcvServer } from './dcv-requests.js';

export interface DesktopOptions {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly stateDir: string;
  /** Tells apart several desktops of one machine; given to init scripts. The host name by default. */
  readonly hostnameTag?: string;
  /** Without one nobody can connect. */
  readonly verifier?: Verifier;
  /** Every session is a drawn picture, also where an X server is installed. */
  readonly drawnOnly?: boolean;
  /** Of new displays; 1280x720 by default. */
  readonly size?: Size;
  /** Reported by list-endpoints, 8443 by default; nothing listens there. */
  readonly port?: number;
}

const DEFAULT_SIZE: Size = { width: 1280, height: 720 };
const DEFAULT_PORT = 8443;

/** The daemon that owns the sessions of a state folder. */
export class Desktop {
  readonly socket: string;
  readonly #faults = new Faults();
  #listener: Listener | null = null;
  #restarted = Promise.resolve();

  private constructor(
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly dcv: DcvServer,
    readonly displays: Displays['kind'],
  ) {
    this.socket = socketPath(dcv.stateDir);
  }

  /**
   * Starts the daemon. What a killed daemon of the same folder left running is ended first.
   *
   * @throws Refusal if a daemon of the same folder is running
   */
  static async start(options: DesktopOptions): Promise<Desktop> {
    const { clock, ids, log, size = DEFAULT_SIZE, drawnOnly = false, port = DEFAULT_PORT } = options;
    const stateDir = resolve(options.stateDir);
    await mkdir(stateDir, { recursive: true, mode: 0o700 });
    await clearLeftovers(clock, log, stateDir);
    const displays = await findDisplays({ clock, ids, log, size, drawnOnly });
    const hostnameTag = options.hostnameTag ?? hostname();
    const sessions = new Sessions({ clock, log, displays, stateDir, hostnameTag });
    const clients = new Clients(clock, sessions, options.verifier ?? null);
    const dcv = { sessions, clients, stateDir, endpoints: endpointsAt(port) };
    const desktop = new Desktop(clock, log, dcv, displays.kind);
    await desktop.#listen();
    return desktop;
  }

  /** Ends all sessions and stops answering; nothing that was started is left. */
  async close(): Promise<void> {
    await this.#restarted;
    await this.#goDown('session ended with the server');
  }

  async #listen(): Promise<void> {
    const { clock, log, dcv } = this;
    const restart = (downMs: number): void => void this.#restart(downMs);
    const answerer = { clock, log, dcv, faults: this.#faults, restart };
    this.#listener = await Listener.open(this.socket, (line) => answerLine(answerer, line));
  }

  async #goDown(reason: string): Promise<void> {
    await this.#listener?.close();
    await this.dcv.sessions.closeAll(reason);
  }

  #restart(downMs: number): Promise<void> {
    const again = async (): Promise<void> => {
      await this.#goDown('session lost in the restart');
      await this.clock.sleep(downMs);
      await this.#listen();
    };
    this.#restarted = this.#restarted.then(again).catch((cause: unknown) => {
      this.log.error({ err: cause }, 'the restart failed');
    });
    return this.#restarted;
  }
}

function endpointsAt(port: number): readonly EndpointFacts[] {
  return (['HTTP', 'QUIC'] as const).map((protocol) => ({
    ipAddress: '127.0.0.1',
    port,
    protocol,
    webUrlPath: '/',
  }));
}

async function clearLeftovers(clock: Clock, log: Log, stateDir: string): Promise<void> {
  if (await isDaemonThere(stateDir)) {
    throw new Refusal(`a server is already running for ${stateDir}: stop it, or use another --state-dir`);
  }
  const ended = await endMarked(clock, stateDir);
  if (ended > 0) log.warn({ ended }, 'ended what an earlier server of this state folder had left running');
  await rm(join(stateDir, 'sessions'), { recursive: true, force: true });
  await rm(socketPath(stateDir), { force: true });
}
