import os from 'node:os';
import type { EndpointFacts, HostFacts, HostLoad, Tag } from '@dcvsm/protocol';
import type { Clock, Log } from '@dcvsm/runtime';
import type { AgentConfig } from '../config/agent-config.js';
import type { Dcv } from '../dcv/dcv.js';
import { parseEndpoints, parseVersion } from '../dcv/parse-server.js';
import type { HostNames } from '../identity.js';
import { AGENT_VERSION } from '../version.js';
import { mayBeEc2, readAws, type AwsFacts } from './aws.js';
import { readCpu } from './cpu.js';
import { fitTexts } from './fit.js';
import { readGpus, type GpuFacts } from './gpus.js';
import { noMemory, readMemory } from './memory.js';
import { readDnsName, readOs } from './os.js';
import { Remembered } from './remembered.js';
import { readUsers } from './users.js';

export interface HostOptions {
  readonly config: AgentConfig;
  readonly tags: readonly Tag[];
  readonly dcv: Dcv;
  readonly clock: Clock;
  readonly log: Log;
}

/** Static facts need programs to be run, so they are read every few minutes at most. */
const STATIC_MS = 10 * 60_000;
const LOAD_MS = 1000;
const DCV_MS = 5 * 60_000;
const AWS_ATTEMPTS = 3;

/** DCV's own defaults, told while it cannot be asked (DCV administrator guide, `connectivity/web-port`). */
const DEFAULT_PORT = 8443;
const DEFAULT_PATH = '/';

/** This host: its facts and its load, each source remembered for as long as it makes sense. */
export class Host {
  readonly #options: HostOptions;
  readonly #os;
  readonly #dnsName;
  readonly #cpu;
  readonly #gpus;
  readonly #aws;
  readonly #memory;
  readonly #users;
  readonly #dcvVersion;
  readonly #endpoints;
  #awsAttempts = 0;

  constructor(options: HostOptions) {
    this.#options = options;
    const { platform, queriesLoggedInUsers } = options.config;
    const cpu = {
      vendor: '',
      modelName: '',
      architecture: os.arch(),
      numberOfCpus: 0,
      physicalCoresPerCpu: 0,
    };
    this.#os = this.#fact('os', STATIC_MS, { family: platform, name: '', version: '' }, () =>
      readOs(platform),
    );
    this.#dnsName = this.#fact('dns name', STATIC_MS, '', readDnsName);
    this.#cpu = this.#fact('cpu', STATIC_MS, cpu, readCpu);
    this.#gpus = this.#fact<GpuFacts>('gpus', STATIC_MS, [], readGpus);
    this.#aws = this.#fact<AwsFacts | null>('aws', STATIC_MS, null, () => this.#readAws());
    this.#memory = this.#fact('memory', LOAD_MS, noMemory, readMemory);
    this.#users = this.#fact<readonly string[]>('users', LOAD_MS, [], () => readUsers(queriesLoggedInUsers));
    this.#dcvVersion = this.#fact('dcv version', DCV_MS, '', () => this.#readDcvVersion());
    this.#endpoints = this.#fact<string>('dcv endpoints', DCV_MS, '', () => this.#readEndpoints());
  }

  async facts({ hostname, ip }: HostNames): Promise<HostFacts> {
    const { config, tags } = this.#options;
    const memory = await this.#memory.get();
    const aws = await this.#aws.get();
    const endpoints = endpointsOr(parseEndpoints(await this.#endpoints.get(), ip), ip);
    return fitTexts({
      hostname,
      ip,
      dnsName: (await this.#dnsName.get()) || hostname,
      endpoints: [...endpoints],
      webUrlPath: endpoints.find(({ protocol }) => protocol === 'HTTP')?.webUrlPath ?? DEFAULT_PATH,
      dcvVersion: await this.#dcvVersion.get(),
      agentVersion: AGENT_VERSION,
      os: await this.#os.get(),
      memoryTotalBytes: memory.memoryTotalBytes,
      swapTotalBytes: memory.swapTotalBytes,
      cpu: await this.#cpu.get(),
      gpus: await this.#gpus.get(),
      ...(aws ? { aws } : {}),
      tags: [...tags],
      limits: config.limits,
    });
  }

  async load(): Promise<HostLoad> {
    const { memoryUsedBytes, swapUsedBytes } = await this.#memory.get();
    const [oneMinute = 0, fiveMinutes = 0, fifteenMinutes = 0] = os.loadavg();
    return fitTexts({
      memoryUsedBytes,
      swapUsedBytes,
      cpuLoadAverage: { oneMinute, fiveMinutes, fifteenMinutes },
      loggedInUsers: [...(await this.#users.get())],
    });
  }

  /** DCV came back: it may be another version with other endpoints. */
  dcvCameBack(): void {
    this.#dcvVersion.forget();
    this.#endpoints.forget();
  }

  async #readAws(): Promise<AwsFacts | null> {
    const known = this.#awsKnown;
    if (known || this.#awsAttempts >= AWS_ATTEMPTS) return known;
    this.#awsAttempts += 1;
    const { config, clock } = this.#options;
    this.#awsKnown = (await mayBeEc2(config.platform)) ? await readAws(clock) : null;
    return this.#awsKnown;
  }
  #awsKnown: AwsFacts | null = null;

  async #readDcvVersion(): Promise<string> {
    const result = await this.#options.dcv.version();
    if (result.kind !== 'done') throw new Error(result.reason);
    return parseVersion(result.stdout);
  }

  async #readEndpoints(): Promise<string> {
    const result = await this.#options.dcv.listEndpoints();
    if (result.kind !== 'done') throw new Error(result.reason);
    return result.stdout;
  }

  #fact<T>(name: string, forMs: number, fallback: T, read: () => Promise<T>): Remembered<T> {
    const { clock, log } = this.#options;
    return new Remembered({ name, forMs, fallback, read, clock, log });
  }
}

function endpointsOr(found: readonly EndpointFacts[], ip: string): readonly EndpointFacts[] {
  if (found.length > 0) return found;
  return [{ ipAddress: ip, port: DEFAULT_PORT, protocol: 'HTTP', webUrlPath: DEFAULT_PATH }];
}
