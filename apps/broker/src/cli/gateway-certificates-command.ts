import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { systemIds } from '@dcvsm/runtime';
import type { Command } from 'commander';
import { genGatewayCertificates } from '../security/certificates/gateway-certificates.js';
import { CertificateProblem } from '../security/certificates/problem.js';
import type { CliContext } from './cli-context.js';
import { readConfigOrExit } from './read-config-or-exit.js';
import { addSubcommand } from './subcommand.js';

interface Options {
  readonly config: string;
  readonly output?: string;
  readonly force?: true;
}

/** The original has a script for it, `gen-gateway-certificates.sh`, which calls this. */
export function addGatewayCertificatesCommand(program: Command, { clock }: CliContext): void {
  addSubcommand(program, {
    name: 'gen-gateway-certificates',
    description: 'Make the certificates by which a Connection Gateway shows the broker who it is.',
    example: '--output /etc/dcv-session-manager-broker/resolver-creds',
  })
    .option('--output <folder>', 'where to put them; by default resolver-creds beside the configuration file')
    .option('--force', 'replace what is there; gateways with the former certificate are refused then')
    .action(async ({ config: configFile, output, force }: Options) => {
      const { config } = readConfigOrExit(configFile);
      const folder = resolve(output ?? join(dirname(configFile), 'resolver-creds'));
      try {
        const text = await genGatewayCertificates({
          folder,
          force: force === true,
          nowMs: clock.now(),
          password: systemIds().secret(18),
          // Before the first start there is nothing of the broker's yet.
          ownedLike: existsSync(config.workingPath) ? config.workingPath : dirname(configFile),
        });
        process.stdout.write(text);
      } catch (error) {
        if (!(error instanceof CertificateProblem)) throw error;
        process.stderr.write(`${error.message}\n`);
        process.exitCode = 1;
      }
    });
}
