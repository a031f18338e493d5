import { spawn } from 'node:child_process';

export interface Opener {
  readonly program: string;
  readonly args: readonly string[];
}

/** How the desktop of a platform opens an address or a file. */
export function openerFor(platform: NodeJS.Platform, what: string): Opener {
  switch (platform) {
    case 'darwin':
      return { program: 'open', args: [what] };
    case 'win32':
      // Unlike `start`, it takes its argument as it is, whatever characters are in it.
      return { program: 'rundll32.exe', args: ['url.dll,FileProtocolHandler', what] };
    default:
      return { program: 'xdg-open', args: [what] };
  }
}

/** Resolves when the opener has been started. @rejects Error if there is none */
export async function openWithDesktop({ program, args }: Opener): Promise<void> {
  const child = spawn(program, args, { stdio: 'ignore', detached: true });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  child.unref();
}
