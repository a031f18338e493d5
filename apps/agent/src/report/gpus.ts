import type { HostFacts } from '@dcvsm/protocol';
import type { Systeminformation } from 'systeminformation';

export type GpuFacts = HostFacts['gpus'];

const MAX_GPUS = 64;

export async function readGpus(): Promise<GpuFacts> {
  const { graphics } = await import('systeminformation');
  return toGpuFacts((await graphics()).controllers);
}

export function toGpuFacts(
  controllers: readonly Partial<
    Pick<Systeminformation.GraphicsControllerData, 'vendor' | 'model' | 'name'>
  >[],
): GpuFacts {
  return controllers
    .map(({ vendor, model, name }) => ({ vendor: vendor ?? '', modelName: model || name || '' }))
    .filter(({ vendor, modelName }) => vendor !== '' || modelName !== '')
    .slice(0, MAX_GPUS);
}
