import type { Command } from 'commander';
import { listAuthServers, registerAuthServer, unregisterAuthServer } from '../admin/auth-server-commands.js';
import { addAdminCommand, runAdmin, type AdminOptions } from './admin-command.js';
import type { CliContext } from './cli-context.js';

const EXAMPLE = '--url https://my-auth-server.com/.well-known/jwks.json';

interface RegisterOptions extends AdminOptions {
  readonly url: string;
  readonly algorithm?: string;
  readonly alg?: string;
  readonly issuer?: string;
  readonly audience?: string;
  readonly scope: readonly string[];
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];
const warn = (words: string): void => void process.stderr.write(`${words}\n`);

export function addAuthServerCommands(program: Command, context: CliContext): void {
  addAdminCommand(program, {
    name: 'register-auth-server',
    description: 'Accept the tokens of an external authorization server, known by the address of its keys.',
    example: EXAMPLE,
  })
    .requiredOption('--url <url>', 'address of its JWK set; again to change the other options')
    .option('--algorithm <name>', 'RS256, PS256, ES256 or EdDSA, if the keys do not say it')
    .option('--alg <name>', 'the same')
    .option('--issuer <name>', 'what "iss" of its tokens has to be')
    .option('--audience <name>', 'what "aud" of its tokens has to be')
    .option(
      '--scope <name>',
      'a scope that its tokens need; or for one of read, operate and administer: read=<name>; repeatable',
      collect,
      [],
    )
    .action((given: RegisterOptions) => {
      const { url, algorithm = given.alg, issuer, audience, scope } = given;
      const options = {
        ...(algorithm !== undefined && { algorithm }),
        ...(issuer !== undefined && { issuer }),
        ...(audience !== undefined && { audience }),
        ...(scope.length > 0 && { scopes: scope }),
      };
      return runAdmin(context, given, (broker) => registerAuthServer(broker, url, { options, warn }));
    });

  addAdminCommand(program, {
    name: 'list-auth-servers',
    description: 'List the external authorization servers.',
    example: '',
  })
    .option('--details', 'also what their tokens have to be', false)
    .action((options: AdminOptions & { details: boolean }) =>
      runAdmin(context, options, (broker) => listAuthServers(broker, options)),
    );

  addAdminCommand(program, {
    name: 'unregister-auth-server',
    description: 'Accept the tokens of an external authorization server no longer.',
    example: EXAMPLE,
  })
    .requiredOption('--url <url>', 'as it was registered')
    .action((options: AdminOptions & { url: string }) =>
      runAdmin(context, options, (broker) => unregisterAuthServer(broker, options.url)),
    );
}
