/** The kinds of hosts that fleets are made of, and how many of a hundred are of each. */
export interface HostModel {
  readonly share: number;
  readonly pool: string;
  readonly instanceType: string;
  readonly os: 'linux' | 'windows';
  readonly cpus: number;
  readonly memoryGiB: number;
  readonly gpus: readonly { readonly vendor: string; readonly modelName: string }[];
  /** Windows hosts have one, on the console. */
  readonly maxVirtualSessions: number;
}

const T4 = { vendor: 'NVIDIA', modelName: 'Tesla T4' };
const A10 = { vendor: 'NVIDIA', modelName: 'A10G' };

const linux = { os: 'linux', gpus: [] as HostModel['gpus'] } as const;
const windows = { os: 'windows', gpus: [] as HostModel['gpus'], maxVirtualSessions: 0 } as const;

export const HOST_MODELS: readonly HostModel[] = [
  {
    ...linux,
    share: 30,
    pool: 'office',
    instanceType: 'm6i.2xlarge',
    cpus: 8,
    memoryGiB: 32,
    maxVirtualSessions: 8,
  },
  {
    ...linux,
    share: 15,
    pool: 'office',
    instanceType: 'm6i.4xlarge',
    cpus: 16,
    memoryGiB: 64,
    maxVirtualSessions: 16,
  },
  {
    ...linux,
    share: 20,
    pool: 'graphics',
    instanceType: 'g4dn.4xlarge',
    cpus: 16,
    memoryGiB: 64,
    gpus: [T4],
    maxVirtualSessions: 4,
  },
  {
    ...linux,
    share: 10,
    pool: 'graphics',
    instanceType: 'g5.12xlarge',
    cpus: 48,
    memoryGiB: 192,
    gpus: [A10, A10, A10, A10],
    maxVirtualSessions: 24,
  },
  {
    ...linux,
    share: 5,
    pool: 'memory',
    instanceType: 'r6i.8xlarge',
    cpus: 32,
    memoryGiB: 256,
    maxVirtualSessions: 32,
  },
  { ...windows, share: 12, pool: 'windows', instanceType: 'm6i.xlarge', cpus: 4, memoryGiB: 16 },
  {
    ...windows,
    share: 8,
    pool: 'windows-graphics',
    instanceType: 'g4dn.xlarge',
    cpus: 4,
    memoryGiB: 16,
    gpus: [T4],
  },
];
