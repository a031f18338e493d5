import type { OptionOutline, ProgramOutline } from './outline.js';

/** For a file `_dcvsm` in a folder of `fpath`, or `source <(dcvsm completion zsh)`. */
export function zshCompletion({ options, commands }: ProgramOutline): string {
  const common = options.map(specification);
  const listed = commands.map(({ name, description }) => `    ${quoted(`${name}:${description}`)}`);
  const cases = commands.map(
    ({ name, options: own }) => `    ${name})
      _arguments ${[...own.map(specification), ...common].filter(isFirst).join(' ')}
      ;;`,
  );
  return `#compdef dcvsm
# Completion of dcvsm for zsh: source <(dcvsm completion zsh)
_dcvsm() {
  local line state
  local -a commands
  commands=(
${listed.join('\n')}
  )
  _arguments -C ${common.join(' ')} '1:command:->command' '*::argument:->arguments'
  case $state in
  command)
    _describe 'command' commands
    ;;
  arguments)
    case $line[1] in
${cases.join('\n')}
    esac
    ;;
  esac
}
compdef _dcvsm dcvsm
`;
}

function specification({ name, description, value }: OptionOutline): string {
  const about = description.replace(/[[\]\\]/g, '\\$&');
  const what =
    value === 'none'
      ? ''
      : value === 'file'
        ? ':file:_files'
        : value === 'text'
          ? ':value:'
          : `:value:(${value.join(' ')})`;
  return quoted(`${name}[${about}]${what}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function isFirst<Item>(item: Item, index: number, list: readonly Item[]): boolean {
  return list.indexOf(item) === index;
}
