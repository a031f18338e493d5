import type { OptionOutline, ProgramOutline } from './outline.js';

/** For `source <(dcvsm completion bash)`. */
export function bashCompletion({ options, commands }: ProgramOutline): string {
  const names = commands.map(({ name }) => name);
  const all = new Map(
    [...options, ...commands.flatMap((command) => command.options)].map((one) => [one.name, one]),
  );
  return `# Completion of dcvsm for bash: source <(dcvsm completion bash)
_dcvsm() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command= word words
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in
      ${names.join('|')}) command="$word"; break ;;
    esac
  done
  case "$previous" in
${[...all.values()].flatMap(valueCase).join('\n')}
  esac
  case "$command" in
${commands.map(({ name, options: own }) => `    ${name}) words="${wordsOf([...own, ...options])}" ;;`).join('\n')}
    *) words="${names.join(' ')} ${wordsOf(options)}" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _dcvsm dcvsm
`;
}

function valueCase({ name, value }: OptionOutline): string[] {
  if (value === 'none') return [];
  const reply =
    value === 'text'
      ? ''
      : value === 'file'
        ? 'compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$current")); '
        : `COMPREPLY=($(compgen -W "${value.join(' ')}" -- "$current")); `;
  return [`    ${name}) ${reply}return ;;`];
}

function wordsOf(options: readonly OptionOutline[]): string {
  return [...new Set(options.map(({ name }) => name))].join(' ');
}
