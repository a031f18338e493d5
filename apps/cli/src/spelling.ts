/** Spellings that the original's guide uses beside the right one, by command; `*` is for all. */
const SPELLINGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '*': { '--auth-server': '--auth-server-url' },
  'create-session': {
    '--max-concurrents-clients': '--max-concurrent-clients',
    '--max_concurrent-clients': '--max-concurrent-clients',
    '--max_concurrent_clients': '--max-concurrent-clients',
    '--permission-file': '--permissions-file',
  },
  'update-session-permissions': { '--permissions-file': '--permission-file' },
};

/** The arguments with the names of options as they are declared; values, also those behind `=`, stay as they are. */
export function declaredSpelling(args: readonly string[], commands: readonly string[]): string[] {
  const command = args.find((argument) => commands.includes(argument)) ?? '';
  const own = { ...SPELLINGS['*'], ...SPELLINGS[command] };
  return args.map((argument) => {
    const [name = '', ...value] = argument.split('=');
    const declared = own[name];
    return declared === undefined ? argument : [declared, ...value].join('=');
  });
}
