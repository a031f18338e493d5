import type { Random } from '@dcvsm/runtime';
import { oneOf } from '../random.js';

interface Wish {
  readonly Name: string;
  readonly Type: 'VIRTUAL' | 'CONSOLE';
  readonly Requirements?: string;
}

const NAMES = ['Desktop', 'CAD', 'Rendering', 'Simulation review', 'Analysis'] as const;

/** What people ask for, as often as they do. Console sessions are for Windows, which has no others. */
const REQUIREMENTS = [
  null,
  null,
  null,
  null,
  null,
  "tag:pool = 'graphics'",
  "tag:pool = 'graphics'",
  "server:Host.Memory.TotalBytes >= 60000000000 and tag:zone = 'a'",
  'server:Host.CpuInfo.NumberOfCpus >= 16',
  "server:Host.Os.Family = 'windows'",
] as const;

export function randomWish(random: Random): Wish {
  const requirements = oneOf(random, REQUIREMENTS);
  return {
    Name: oneOf(random, NAMES),
    Type: requirements?.includes('windows') ? 'CONSOLE' : 'VIRTUAL',
    ...(requirements !== null && { Requirements: requirements }),
  };
}
