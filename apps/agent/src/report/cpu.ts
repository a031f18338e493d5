import os from 'node:os';
import type { HostFacts } from '@dcvsm/protocol';
import type { Systeminformation } from 'systeminformation';

export type CpuFacts = HostFacts['cpu'];
type CpuData = Pick<
  Systeminformation.CpuData,
  'vendor' | 'manufacturer' | 'brand' | 'cores' | 'physicalCores' | 'processors'
>;

export async function readCpu(): Promise<CpuFacts> {
  const { cpu } = await import('systeminformation');
  return toCpuFacts(await cpu(), { model: os.cpus()[0]?.model ?? '', arch: os.arch() });
}

/**
 * The number of CPUs is the number that the system schedules on: the guide's own example asks a `t2`, which
 * has one socket, for two of them.
 */
export function toCpuFacts(cpu: CpuData, host: { readonly model: string; readonly arch: string }): CpuFacts {
  const sockets = Math.max(1, whole(cpu.processors));
  return {
    vendor: cpu.vendor || cpu.manufacturer || '',
    modelName: host.model.trim() || `${cpu.manufacturer} ${cpu.brand}`.trim(),
    architecture: ARCHITECTURES[host.arch] ?? host.arch,
    numberOfCpus: whole(cpu.cores),
    physicalCoresPerCpu: Math.floor(whole(cpu.physicalCores) / sockets),
  };
}

/** Node's names → the system's, which the API shows. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64', ia32: 'i686' };

function whole(value: number): number {
  return Number.isFinite(value) && value > 0 ? Math.floor(value) : 0;
}
