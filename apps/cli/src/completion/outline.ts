import type { Command, Option } from 'commander';

/** What a shell needs to know of an option. */
export interface OptionOutline {
  /** With its dashes. */
  readonly name: string;
  readonly description: string;
  /** `none`: it stands alone, or its value may be left out. */
  readonly value: 'none' | 'file' | 'text' | readonly string[];
}

export interface CommandOutline {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionOutline[];
}

export interface ProgramOutline {
  readonly options: readonly OptionOutline[];
  readonly commands: readonly CommandOutline[];
}

/** Values that a shell may propose. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  '--type': ['Console', 'Virtual'],
  '--state': ['READY', 'DELETED', 'CREATING', 'DELETING', 'UNKNOWN'],
  '--output-format': ['json', 'table'],
};

/** The commands and options as they are declared, so that completion cannot differ from them. */
export function outlineOf(program: Command): ProgramOutline {
  return {
    options: optionsOf(program),
    commands: program.commands.map((command) => ({
      name: command.name(),
      description: firstPart(command.description()),
      options: optionsOf(command),
    })),
  };
}

function optionsOf(command: Command): OptionOutline[] {
  const visibleOptions = command.createHelp().visibleOptions(command);
  return visibleOptions.map((option) => ({
    name: option.long ?? option.flags,
    description: firstPart(option.description),
    value: valueOf(option),
  }));
}

function valueOf({ required, flags, long }: Option): OptionOutline['value'] {
  if (!required) return 'none';
  const choices = CHOICES[long ?? ''];
  if (choices !== undefined) return choices;
  return flags.includes('<file>') ? 'file' : 'text';
}

/** Shells show little. */
function firstPart(description: string): string {
  return description.split(/[;:]/)[0] ?? '';
}
