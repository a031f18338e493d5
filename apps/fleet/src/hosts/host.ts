import type { HostFacts, HostLoad, HostSession, Report } from '@dcvsm/protocol';
import type { Random } from '@dcvsm/runtime';
import { between, oneOf, seededRandom } from '../random.js';
import { HOST_MODELS, type HostModel } from './models.js';

const GIB = 1_073_741_824;
const ZONES = ['a', 'b', 'c'];

/** A simulated host: what it is made of never changes, its load follows its sessions. The same for the same seed and number. */
export class Host {
  readonly serverId: string;
  readonly facts: HostFacts;
  readonly sessions = new Map<string, HostSession>();
  readonly #model: HostModel;
  readonly #random: Random;
  #load = 0;

  constructor(seed: number, number: number) {
    this.#random = seededRandom(Math.imul(seed, 7919) + number);
    this.#model = modelOf(this.#random);
    this.facts = factsOf(this.#model, number, this.#random);
    this.serverId = Buffer.from(this.facts.hostname).toString('base64');
  }

  get isWindows(): boolean {
    return this.#model.os === 'windows';
  }

  report(): Report {
    const sessions = [...this.sessions.values()];
    return { facts: this.facts, load: this.#loadNow(), dcv: { healthy: true, sessions } };
  }

  /** Each user keeps half a core and 2 GiB busy, more or less. */
  #loadNow(): HostLoad {
    const { cpus, memoryGiB } = this.#model;
    const users = this.sessions.size;
    const oneMinute = Math.min(cpus, users * between(this.#random, 0.1, 0.9) + between(this.#random, 0, 0.2));
    this.#load = this.#load * 0.8 + oneMinute * 0.2;
    const usedGiB = Math.min(memoryGiB, 1.5 + users * between(this.#random, 1, 3));
    return {
      memoryUsedBytes: Math.round(usedGiB * GIB),
      swapUsedBytes: 0,
      cpuLoadAverage: {
        oneMinute: round(oneMinute),
        fiveMinutes: round(this.#load),
        fifteenMinutes: round(this.#load),
      },
      loggedInUsers: [...new Set([...this.sessions.values()].map(({ owner }) => owner))],
    };
  }
}

function modelOf(random: Random): HostModel {
  let share = random.next() * HOST_MODELS.reduce((sum, model) => sum + model.share, 0);
  for (const model of HOST_MODELS) {
    share -= model.share;
    if (share < 0) return model;
  }
  return HOST_MODELS[0] as HostModel;
}

function factsOf(model: HostModel, number: number, random: Random): HostFacts {
  const ip = `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
  const hostname = `${model.pool}-${String(number).padStart(6, '0')}`;
  return {
    hostname,
    ip,
    dnsName: `${hostname}.fleet.internal`,
    endpoints: [
      { ipAddress: ip, port: 8443, protocol: 'HTTP', webUrlPath: '/' },
      { ipAddress: ip, port: 8443, protocol: 'QUIC' },
    ],
    webUrlPath: '/',
    dcvVersion: '2025.0.20103',
    agentVersion: '0.1.0',
    os: model.os === 'linux' ? LINUX : WINDOWS,
    memoryTotalBytes: model.memoryGiB * GIB,
    swapTotalBytes: 2 * GIB,
    cpu: {
      vendor: 'GenuineIntel',
      modelName: 'Intel(R) Xeon(R) Platinum 8375C CPU @ 2.90GHz',
      architecture: 'x86_64',
      numberOfCpus: model.cpus,
      physicalCoresPerCpu: Math.max(1, model.cpus / 2),
    },
    gpus: [...model.gpus],
    aws: {
      region: 'eu-central-1',
      instanceType: model.instanceType,
      instanceId: `i-${number.toString(16).padStart(17, '0')}`,
      imageId: 'ami-0123456789abcdef0',
    },
    tags: [
      { key: 'pool', value: model.pool },
      { key: 'zone', value: oneOf(random, ZONES) },
      { key: 'rack', value: `r${number % 40}` },
    ],
    limits: { maxVirtualSessions: model.maxVirtualSessions, maxVirtualSessionsPerUser: 1 },
  };
}

const LINUX = { family: 'linux', name: 'Rocky Linux', version: '9.4', kernelVersion: '5.14.0-427' } as const;
const WINDOWS = {
  family: 'windows',
  name: 'Windows Server 2022',
  version: '10.0',
  buildNumber: '20348',
} as const;

function round(load: number): number {
  return Math.round(load * 100) / 100;
}
