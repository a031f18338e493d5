import type { Systeminformation } from 'systeminformation';

export interface MemoryFacts {
  readonly memoryTotalBytes: number;
  readonly memoryUsedBytes: number;
  readonly swapTotalBytes: number;
  readonly swapUsedBytes: number;
}

export const noMemory: MemoryFacts = {
  memoryTotalBytes: 0,
  memoryUsedBytes: 0,
  swapTotalBytes: 0,
  swapUsedBytes: 0,
};

type MemData = Pick<Systeminformation.MemData, 'total' | 'available' | 'swaptotal' | 'swapused'>;

export async function readMemory(): Promise<MemoryFacts> {
  const { mem } = await import('systeminformation');
  return toMemoryFacts(await mem());
}

/** Used is what programs could not get: file caches are given back on demand and do not count. */
export function toMemoryFacts({ total, available, swaptotal, swapused }: MemData): MemoryFacts {
  return {
    memoryTotalBytes: bytes(total),
    memoryUsedBytes: bytes(total - available),
    swapTotalBytes: bytes(swaptotal),
    swapUsedBytes: bytes(swapused),
  };
}

function bytes(value: number): number {
  return Number.isFinite(value) && value > 0 ? Math.round(value) : 0;
}
