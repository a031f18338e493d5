import type { Command } from 'commander';
import type { CliContext } from './cli-context.js';
import { doctorText } from './doctor/doctor-text.js';
import { gatherFacts } from './doctor/facts.js';
import { addSubcommand } from './subcommand.js';
import { styleFor } from './text/style.js';

const TITLE_COLUMNS = 20;

export function addDoctorCommand(program: Command, context: CliContext): void {
  addSubcommand(program, {
    name: 'doctor',
    description: 'Look for what is wrong and say how to mend it, also while the broker is down.',
    example: '',
  })
    .option('--json', 'as JSON')
    .action((options: { config: string; json?: true }) => examineAll(context, options));
}

/** Exit code 1 if something does not work. */
async function examineAll(context: CliContext, options: { config: string; json?: true }): Promise<void> {
  // Loaded only here, so that the other commands answer sooner.
  const { examine } = await import('./doctor/checks.js');
  const findings = await examine(await gatherFacts(context, options.config));
  const text = options.json
    ? `${JSON.stringify(findings, null, 2)}\n`
    : doctorText(findings, styleFor(process, TITLE_COLUMNS));
  process.stdout.write(text);
  if (findings.some(({ level }) => level === 'fail')) process.exitCode = 1;
}
