import { posix, win32 } from 'node:path';

export const CONFIG_NAME = 'dcvsmcli.conf';

export interface Places {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
  readonly programFolder: string;
}

/** Where the configuration file is looked for when `--conf` names none, the first place first. */
export function configPaths({ platform, env, homeFolder, programFolder }: Places): string[] {
  const path = platform === 'win32' ? win32 : posix;
  return [
    path.join(userConfigFolder({ platform, env, homeFolder }), CONFIG_NAME),
    path.join(programFolder, 'conf', CONFIG_NAME),
  ];
}

function userConfigFolder({ platform, env, homeFolder }: Omit<Places, 'programFolder'>): string {
  if (platform === 'win32') return env['USERPROFILE'] ?? env['UserProfile'] ?? homeFolder;
  // The base directory specification wants a relative path ignored.
  const chosen = env['XDG_CONFIG_HOME'] ?? '';
  return chosen.startsWith('/') ? chosen : posix.join(homeFolder, '.config');
}

/** Where tokens are kept between two runs. */
export function tokenFolder({ platform, env, homeFolder }: Omit<Places, 'programFolder'>): string {
  if (platform === 'win32') {
    const local = env['LOCALAPPDATA'] ?? win32.join(homeFolder, 'AppData', 'Local');
    return win32.join(local, 'dcvsm', 'tokens');
  }
  const chosen = env['XDG_CACHE_HOME'] ?? '';
  return posix.join(chosen.startsWith('/') ? chosen : posix.join(homeFolder, '.cache'), 'dcvsm', 'tokens');
}
