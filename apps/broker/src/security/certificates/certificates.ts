import type { TlsOptions } from 'node:tls';
import { isDeepStrictEqual } from 'node:util';
import { startLoop, type Clock, type Log, type Loop } from '@dcvsm/runtime';
import { ExpiryWarnings } from './expiry-warnings.js';
import {
  loadStores,
  tlsOptions,
  watchedIn,
  type ListenerName,
  type ListenerStores,
  type LoadedStores,
} from './listener-tls.js';
import { CertificateProblem } from './problem.js';
import { selfMade, watchedCa, type SelfMade } from './self-made.js';

/** How often the broker looks whether its certificate has to be made anew, and whether another ends soon. */
const LOOK_EVERY_MS = 3_600_000;

export interface CertificatesOptions {
  readonly workingPath: string;
  /** DNS names and addresses of this host now; asked again and again, since they change. */
  readonly names: () => readonly string[];
  /** The listeners that are served, with where their certificates come from. */
  readonly listeners: Readonly<Partial<Record<ListenerName, ListenerStores>>>;
  readonly clock: Clock;
  readonly log: Log;
}

/** The side of an HTTPS server that takes a new certificate; connections that are open go on as they are. */
export interface TlsServer {
  setSecureContext(options: TlsOptions): void;
}

interface Listener {
  readonly stores: ListenerStores;
  loaded: LoadedStores;
  tls: TlsOptions;
  server: TlsServer | undefined;
}

/** The TLS material of all listeners: read at start, renewed in time, exchanged without dropping a connection. */
export class Certificates {
  readonly #options: CertificatesOptions;
  readonly #listeners: ReadonlyMap<ListenerName, Listener>;
  readonly #warnings: ExpiryWarnings;
  readonly #loop: Loop;
  #selfMade: SelfMade;
  #rereadsStores = false;

  private constructor(
    options: CertificatesOptions,
    made: SelfMade,
    listeners: ReadonlyMap<ListenerName, Listener>,
  ) {
    this.#options = options;
    this.#selfMade = made;
    this.#listeners = listeners;
    this.#warnings = new ExpiryWarnings(options.log);
    this.#tellOfMaking();
    this.#warn();
    this.#loop = startLoop(options.clock, options.log, {
      name: 'certificates',
      periodMs: LOOK_EVERY_MS,
      body: () => this.#refresh(),
    });
  }

  /** @throws CertificateProblem for the first file that cannot be used. */
  static async open(options: CertificatesOptions): Promise<Certificates> {
    const { workingPath, names, clock } = options;
    const nowMs = clock.now();
    const made = await selfMade({ workingPath, names: names(), nowMs, mayMakeCa: true });
    const listeners = new Map<ListenerName, Listener>();
    for (const [name, stores] of Object.entries(options.listeners) as [ListenerName, ListenerStores][]) {
      const loaded = await loadStores(stores, nowMs);
      const tls = tlsOptions(stores, loaded, made.leaf);
      listeners.set(name, { stores, loaded, tls, server: undefined });
    }
    return new Certificates(options, made, listeners);
  }

  /** PEM file of the broker's own CA, which clients and agents should trust unless a listener has its own key store. */
  get caFile(): string {
    return this.#selfMade.ca.file;
  }

  /** What to give to `https.createServer` for this listener. @throws when it is none of those named at `open`. */
  forListener(name: ListenerName): TlsOptions {
    return this.#listener(name).tls;
  }

  /** From now on this server gets every new certificate of the listener. */
  serve(name: ListenerName, server: TlsServer): void {
    this.#listener(name).server = server;
  }

  /**
   * Reads all files again and exchanges what changed. What cannot be used is logged, with file and remedy, and what was
   * loaded before stays in use.
   */
  reload(): Promise<void> {
    this.#rereadsStores = true;
    return this.#loop.run();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  #listener(name: ListenerName): Listener {
    const listener = this.#listeners.get(name);
    if (listener === undefined) throw new Error(`no certificates were loaded for the listener ${name}`);
    return listener;
  }

  async #refresh(): Promise<void> {
    const { workingPath, names, clock } = this.#options;
    const rereadsStores = this.#rereadsStores;
    this.#rereadsStores = false;
    const nowMs = clock.now();
    await this.#keepOnProblem(async () => {
      this.#selfMade = await selfMade({ workingPath, names: names(), nowMs, mayMakeCa: false });
      this.#tellOfMaking();
    });
    for (const [name, listener] of this.#listeners) {
      if (rereadsStores) {
        await this.#keepOnProblem(async () => {
          listener.loaded = await loadStores(listener.stores, nowMs);
        });
      }
      this.#exchange(name, listener);
    }
    this.#warn();
  }

  async #keepOnProblem(load: () => Promise<void>): Promise<void> {
    try {
      await load();
    } catch (error) {
      if (!(error instanceof CertificateProblem)) throw error;
      const { where, remedy } = error;
      this.#options.log.error({ where, remedy }, `${error.message}; the former certificate stays in use`);
    }
  }

  #exchange(name: ListenerName, listener: Listener): void {
    const tls = tlsOptions(listener.stores, listener.loaded, this.#selfMade.leaf);
    if (isDeepStrictEqual(tls, listener.tls)) return;
    listener.tls = tls;
    listener.server?.setSecureContext(tls);
    const { serialNumber, validTo } = (listener.loaded.keyStore ?? this.#selfMade.leaf).certificate;
    this.#options.log.info({ listener: name, serialNumber, validTo }, 'new certificates are in use');
  }

  #tellOfMaking(): void {
    const { madeBecause, certificate } = this.#selfMade.leaf;
    if (madeBecause === undefined) return;
    const { validTo, subjectAltName: names } = certificate;
    this.#options.log.info({ madeBecause, validTo, names }, 'made a new server certificate');
  }

  #warn(): void {
    const ofListeners = [...this.#listeners.values()].flatMap(watchedIn);
    this.#warnings.look([watchedCa(this.#selfMade.ca), ...ofListeners], this.#options.clock.now());
  }
}
