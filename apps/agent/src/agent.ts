import os from 'node:os';
import {
  startLoop,
  withDeadline,
  type BackoffPolicy,
  type Clock,
  type Ids,
  type Log,
  type Loop,
  type Random,
} from '@dcvsm/runtime';
import type { AgentConfig } from './config/agent-config.js';
import { readTags } from './config/tags.js';
import { Dcv } from './dcv/dcv.js';
import type { HostNames, Identity } from './identity.js';
import { Link, type HelloContent } from './link/link.js';
import { repliesOver } from './link/replies.js';
import { thisMachine, type Machine } from './machine.js';
import type { Admission } from './registration/membership.js';
import { hardwareAddresses, hostAddress, isLocalHost, type Interfaces } from './report/network.js';
import { Reporter, type FreshReport } from './report/reporter.js';
import { SessionChanges } from './work/session-changes.js';
import { Worker } from './work/worker.js';

export interface AgentDeps {
  readonly config: AgentConfig;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: Random;
  readonly log: Log;
  /** The whole environment of the `dcv` command. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly reconnect?: BackoffPolicy;
  /** How the host is called and which interfaces it has; asked again for each report. */
  readonly network?: () => { readonly hostname: string; readonly interfaces: Interfaces };
}

export interface Agent {
  /** Ends the link; commands that run are given a few seconds to end. */
  stop(): Promise<void>;
}

const RECONNECT: BackoffPolicy = { firstMs: 1000, longestMs: 30_000 };
const ADDRESS_PERIOD_MS = 1000;
const STOP_MS = 5000;

/** Puts the agent together and starts it. Resolves at once; the link comes when the broker is there. */
export async function startAgent(deps: AgentDeps): Promise<Agent> {
  const { config, log } = deps;
  const { tags, warnings } = await readTags(config.tagsFolder);
  for (const warning of warnings) log.warn({ warning }, 'a problem with tag files');
  return runAgent(deps, thisMachine(deps, tags));
}

/** Starts an agent on the given machine. */
export function runAgent(deps: AgentDeps, machine: Machine): Agent {
  const running = new RunningAgent(deps, makeParts(deps, machine));
  running.start();
  return running;
}

interface Parts extends Machine {
  readonly dcv: Dcv;
  readonly changes: SessionChanges;
  readonly reporter: Reporter;
}

function makeParts({ config, log }: AgentDeps, machine: Machine): Parts {
  const changes = new SessionChanges();
  const dcv = new Dcv(machine.runDcv, config.dcv);
  return { ...machine, dcv, changes, reporter: new Reporter({ host: machine.host(dcv), dcv, changes, log }) };
}

class RunningAgent implements Agent {
  readonly #deps: AgentDeps;
  readonly #parts: Parts;
  readonly #membership: Admission;
  readonly #link: Link;
  readonly #worker: Worker;
  readonly #reports: Loop;
  readonly #stopping = new AbortController();
  #changesAtHello = 0;

  constructor(deps: AgentDeps, parts: Parts) {
    this.#deps = deps;
    this.#parts = parts;
    const { config, clock, log } = deps;
    this.#membership = parts.membership(async () => {
      const names = await this.#names();
      const { identity } = await parts.identity.observe(names);
      return { hostname: names.hostname, ...idsOf(identity) };
    });
    this.#link = this.#makeLink();
    this.#worker = new Worker({
      dcv: parts.dcv,
      clock,
      log,
      places: { ...config, defaultInit: config.dcv.defaultInit },
      files: parts.files,
      maxConcurrentCreations: config.dcv.maxConcurrentCreations,
      changes: parts.changes,
      onChanged: () => this.#reports.wake(),
    });
    this.#reports = startLoop(clock, log, {
      name: 'report',
      periodMs: config.reportIntervalMs,
      body: () => this.#report(),
    });
  }

  start(): void {
    this.#link.start();
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the agent stops'));
    await this.#reports.stop();
    const { clock, log } = this.#deps;
    await withDeadline(clock, 'running commands', STOP_MS, this.#worker.idle()).catch((cause: unknown) => {
      log.warn({ err: cause }, 'stopping without waiting any longer for running commands');
    });
    await this.#link.stop();
  }

  #makeLink(): Link {
    const { config, clock, random, log, reconnect = RECONNECT } = this.#deps;
    return new Link({
      broker: config.broker,
      membership: this.#membership,
      openConnection: this.#parts.openConnection,
      clock,
      random,
      log,
      reconnect,
      ready: () => this.#ready(),
      hello: () => this.#hello(),
      onWelcome: (_welcome, hello) => this.#welcomed(hello.serverId),
      onCommand: (message) => this.#worker.accept(message, repliesOver(this.#link)),
      onReportAccepted: (requestId) => this.#accepted(requestId),
      onReportNow: () => this.#reports.wake(),
    });
  }

  /** Facts that take long to read are read before the broker is kept waiting for them. */
  async #ready(): Promise<void> {
    await this.#parts.reporter.make(await this.#names());
  }

  /** What changed since the hello was said had nowhere to be told. */
  #welcomed(serverId: string): void {
    void this.#remember(serverId);
    if (this.#parts.changes.count !== this.#changesAtHello) this.#reports.wake();
  }

  /** The credentials first: they are told from those of another machine by the ids that the identity still names. */
  async #remember(serverId: string): Promise<void> {
    try {
      await this.#membership.welcomed(serverId);
      await this.#parts.identity.welcomed(serverId);
    } catch (cause) {
      this.#deps.log.error({ err: cause }, 'the credentials of this host could not be kept');
    }
  }

  async #hello(): Promise<HelloContent> {
    const names = await this.#names();
    const { identity } = await this.#parts.identity.observe(names);
    for (;;) {
      this.#stopping.signal.throwIfAborted();
      const fresh = await this.#parts.reporter.make(names);
      if (!fresh?.isCurrent()) continue;
      this.#changesAtHello = this.#parts.changes.count;
      return { ...idsOf(identity), report: fresh.report };
    }
  }

  /** One report: made, checked to be still true, sent. Without a link there is nobody to tell. */
  async #report(): Promise<void> {
    if (!this.#link.established) return;
    const { ids, log } = this.#deps;
    const names = await this.#names();
    const { changed } = await this.#parts.identity.observe(names);
    if (changed) return this.#link.reconnect('the name or the address of this host changed');
    const fresh = await this.#parts.reporter.make(names);
    if (!fresh?.isCurrent()) {
      log.debug('sessions change too quickly for a report; the next change brings another one');
      return;
    }
    const requestId = ids.uuid().replaceAll('-', '');
    this.#link.established?.send({ type: 'report', requestId, report: fresh.report });
    await this.#tidyUp(fresh);
  }

  /** Closes sessions that nobody wants any more and removes the files of those that ended. */
  async #tidyUp({ report, isCurrent }: FreshReport): Promise<void> {
    if (!report.dcv.healthy) return;
    const { sessions } = report.dcv;
    this.#worker.closeAbandoned(sessions);
    if (!isCurrent()) return;
    const alive = sessions.map((session) => session.id);
    await this.#parts.files.sweep(() => [...alive, ...this.#worker.busySessions]);
  }

  /** Operators grep the log for these two words (administration guide, verify). */
  #accepted(requestId: string): void {
    this.#deps.log.info({ requestId }, 'Processing broker message sessionsUpdateResponse: success');
  }

  /** Waits until the host has an address: early at boot there is none, and an id must not be bound to that. */
  async #names(): Promise<HostNames> {
    const { config, clock, log, network = systemNetwork } = this.#deps;
    const rule = {
      preferred: config.preferredNetworkInterface,
      platform: config.platform,
      brokerIsLocal: isLocalHost(config.broker.host),
    };
    for (let waits = 0; ; waits += 1) {
      const { hostname, interfaces } = network();
      const ip = hostAddress(interfaces, rule);
      if (ip !== null && hostname !== '') return { hostname, ip, macs: hardwareAddresses(interfaces) };
      if (waits === 0) log.warn('this host has no address yet; waiting for one');
      await clock.sleep(ADDRESS_PERIOD_MS, this.#stopping.signal);
    }
  }
}

function idsOf({ serverId, previousServerIds }: Identity): Omit<HelloContent, 'report'> {
  return { serverId, previousServerIds };
}

function systemNetwork(): { readonly hostname: string; readonly interfaces: Interfaces } {
  return { hostname: os.hostname(), interfaces: os.networkInterfaces() };
}
