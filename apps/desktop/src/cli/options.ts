import { UsageError } from './usage-error.js';

export interface Option {
  readonly name: string;
  readonly short?: string;
  /** What stands for the value in the help; absent for a switch. */
  readonly value?: string;
  readonly summary: string;
}

export interface Parsed {
  /** The value of each option given; '' for a switch. The last one counts. */
  readonly options: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
}

/**
 * Splits the arguments of one command: `--name value`, `--name=value`, `-n value`, `-nvalue`, switches, and operands
 * anywhere between them. A value may begin with a hyphen, as it may for the real command; `--` ends the options.
 *
 * @throws UsageError for unknown options and missing or superfluous values
 */
export function parseOptions(known: readonly Option[], args: readonly string[]): Parsed {
  const options = new Map<string, string>();
  const operands: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? '';
    if (arg === '--') {
      operands.push(...args.slice(index + 1));
      break;
    }
    if (!arg.startsWith('-') || arg === '-') {
      operands.push(arg);
      continue;
    }
    const { option, attached } = findOption(known, arg);
    if (option.value === undefined) {
      if (attached !== null) throw new UsageError(`option --${option.name} takes no value`);
      options.set(option.name, '');
    } else {
      const value = attached ?? args[++index];
      if (value === undefined) throw new UsageError(`option --${option.name} needs a value: ${option.value}`);
      options.set(option.name, value);
    }
  }
  return { options, operands };
}

interface Found {
  readonly option: Option;
  readonly attached: string | null;
}

function findOption(known: readonly Option[], arg: string): Found {
  const [, long, attachedToLong] = /^--([^=]+)(?:=([\s\S]*))?$/.exec(arg) ?? [];
  if (long !== undefined) {
    const option = known.find(({ name }) => name === long);
    if (option) return { option, attached: attachedToLong ?? null };
  } else {
    const option = known.find(({ short }) => short === arg.charAt(1));
    if (option) return { option, attached: arg.length > 2 ? arg.slice(2) : null };
  }
  throw new UsageError(`unknown option ${arg.split('=', 1)[0]}`);
}
