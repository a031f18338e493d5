import { chmod, open } from 'node:fs/promises';
import type { ConnectionTarget } from '@dcvsm/client';

/** The text of a connection file of the DCV client. It holds the connection token. */
export function dcvFileText(target: ConnectionTarget, user: string, token: string): string {
  const lines = [
    '[version]',
    'format=1.0',
    '',
    '[connect]',
    `host=${target.host}`,
    `port=${target.port}`,
    `weburlpath=${target.webUrlPath}`,
    `sessionid=${target.sessionId}`,
    `user=${user}`,
    `authtoken=${token}`,
  ];
  return `${lines.map(oneLine).join('\n')}\n`;
}

/** Nothing that comes from elsewhere may begin a line of its own. */
function oneLine(text: string): string {
  return text.replace(/[\r\n]/g, '');
}

/** Writes it so that nobody but the user can read it, also when the file was there before with another mode. */
export async function writeSecretFile(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await chmod(path, 0o600);
    await file.writeFile(text);
  } finally {
    await file.close();
  }
}
