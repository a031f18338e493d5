import { InvalidArgumentError, type Command } from 'commander';
import {
  deactivateSoftwareStatement,
  describeSoftwareStatements,
  generateSoftwareStatement,
} from '../admin/software-statement-commands.js';
import { addAdminCommand, runAdmin, type AdminOptions } from './admin-command.js';
import type { CliContext } from './cli-context.js';

interface GenerateOptions extends AdminOptions {
  readonly name?: string;
  readonly expiresInHours?: number;
  readonly maxUses?: number;
  readonly address?: readonly string[];
  readonly tag?: readonly { readonly key: string; readonly value: string }[];
  readonly legacy?: boolean;
}

export function addSoftwareStatementCommands(program: Command, context: CliContext): void {
  addAdminCommand(program, {
    name: 'generate-software-statement',
    description: 'Print a software statement with which agents can register.',
    example: '--max-uses 20 --expires-in-hours 24 --address 10.0.0.0/8',
  })
    .option('--name <name>', 'for people: what it is for')
    .option('--expires-in-hours <hours>', 'after which nobody can register with it', readNumber)
    .option('--max-uses <number>', 'how many agents can register with it', readNumber)
    .option('--address <range>', 'only from there, such as 10.0.0.0/8; may be given several times', collect)
    .option('--tag <key=value>', 'the only tags its hosts may claim; may be given several times', collectTag)
    .option('--legacy', "in the original's form, which is not signed; see allow-legacy-software-statements")
    .action((options: GenerateOptions) => {
      const { name, expiresInHours, maxUses, address: addresses, tag: tags, legacy } = options;
      const wish = { name, expiresInHours, maxUses, addresses, tags, legacy };
      return runAdmin(context, options, (broker) => generateSoftwareStatement(broker, wish));
    });

  addAdminCommand(program, {
    name: 'describe-software-statements',
    description:
      'List the software statements, active or not. They are secrets: who has one can register a host.',
    example: '',
  }).action((options: AdminOptions) => runAdmin(context, options, describeSoftwareStatements));

  addAdminCommand(program, {
    name: 'deactivate-software-statement',
    description: 'Let nobody else register with a software statement; agents that did are not touched.',
    example: '--software-statement STATEMENT',
  })
    .requiredOption('--software-statement <value>', 'the statement, as it was printed')
    .action((options: AdminOptions & { softwareStatement: string }) =>
      runAdmin(context, options, (broker) => deactivateSoftwareStatement(broker, options.softwareStatement)),
    );
}

function readNumber(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !(number > 0)) throw new InvalidArgumentError('give a number above 0');
  return number;
}

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

function collectTag(
  text: string,
  before: NonNullable<GenerateOptions['tag']> = [],
): NonNullable<GenerateOptions['tag']> {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('write it as key=value');
  return [...before, { key: text.slice(0, equals), value: text.slice(equals + 1) }];
}
