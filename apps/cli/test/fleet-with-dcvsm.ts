import { TestFleet, type FleetOptions } from '../../broker/test/fleet/start-fleet.js';
import { configuration, Dcvsm } from './dcvsm-program.js';

/** A real broker with agents, and the command configured for it. */
export class FleetWithDcvsm implements AsyncDisposable {
  private constructor(
    readonly fleet: TestFleet,
    readonly dcvsm: Dcvsm,
  ) {}

  static async start(options: FleetOptions = {}): Promise<FleetWithDcvsm> {
    const fleet = await TestFleet.start(options);
    const dcvsm = await Dcvsm.install();
    await dcvsm.file('dcvsmcli.conf', configurationFor(fleet));
    return new FleetWithDcvsm(fleet, dcvsm);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dcvsm[Symbol.asyncDispose]();
    await this.fleet[Symbol.asyncDispose]();
  }
}

export function configurationFor({ url, credentials, broker }: TestFleet, more = ''): string {
  return configuration({ url, ...credentials, caFile: broker.caFile, more });
}
