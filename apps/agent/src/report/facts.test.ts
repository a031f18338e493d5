import { toCpuFacts } from './cpu.js';
import { fitTexts } from './fit.js';
import { toGpuFacts } from './gpus.js';
import { toMemoryFacts } from './memory.js';
import { toOsFacts } from './os.js';
import { toUserNames, readUsers } from './users.js';

describe('facts of the host', () => {
  it('names the operating system with what its family has', () => {
    const info = { distro: 'Ubuntu', release: '24.04', kernel: '6.8.0', build: '17763' };
    expect(toOsFacts(info, 'linux')).toEqual({
      family: 'linux',
      name: 'Ubuntu',
      version: '24.04',
      kernelVersion: '6.8.0',
    });
    expect(toOsFacts(info, 'windows')).toEqual({
      family: 'windows',
      name: 'Ubuntu',
      version: '24.04',
      buildNumber: '17763',
    });
  });

  it('counts the CPUs that the system schedules on, and the cores of each socket', () => {
    const cpu = {
      vendor: 'GenuineIntel',
      manufacturer: 'Intel',
      brand: 'Xeon',
      cores: 8,
      physicalCores: 4,
      processors: 2,
    };
    expect(toCpuFacts(cpu, { model: 'Intel(R) Xeon(R)', arch: 'x64' })).toEqual({
      vendor: 'GenuineIntel',
      modelName: 'Intel(R) Xeon(R)',
      architecture: 'x86_64',
      numberOfCpus: 8,
      physicalCoresPerCpu: 2,
    });
    const unknown = { ...cpu, vendor: '', cores: NaN, physicalCores: 0, processors: 0 };
    expect(toCpuFacts(unknown, { model: '', arch: 'arm64' })).toEqual({
      vendor: 'Intel',
      modelName: 'Intel Xeon',
      architecture: 'aarch64',
      numberOfCpus: 0,
      physicalCoresPerCpu: 0,
    });
  });

  it('does not count caches as memory in use', () => {
    expect(toMemoryFacts({ total: 100, available: 70, swaptotal: 10, swapused: 1 })).toEqual({
      memoryTotalBytes: 100,
      memoryUsedBytes: 30,
      swapTotalBytes: 10,
      swapUsedBytes: 1,
    });
  });

  it('lists GPUs that have a name', () => {
    expect(
      toGpuFacts([{ vendor: 'NVIDIA', model: 'T4' }, { vendor: '', model: '', name: '' }, { name: 'Tesla' }]),
    ).toEqual([
      { vendor: 'NVIDIA', modelName: 'T4' },
      { vendor: '', modelName: 'Tesla' },
    ]);
  });

  it('names each logged-in user once, or none if that is not wanted', async () => {
    expect(toUserNames([{ user: 'a' }, { user: 'b' }, { user: 'a' }, { user: '' }])).toEqual(['a', 'b']);
    expect(await readUsers(false)).toEqual(['unknown']);
  });

  it('cuts texts that the wire does not carry, at any depth', () => {
    const long = 'x'.repeat(5000);
    const fitted = fitTexts({ a: long, b: [{ c: long }], n: 1, none: null });
    expect([fitted.a.length, fitted.b[0]!.c.length, fitted.n, fitted.none]).toEqual([1024, 1024, 1, null]);
  });
});
