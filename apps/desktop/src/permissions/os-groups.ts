import { readFile } from 'node:fs/promises';

/** The names of the groups of /etc/group that list the user as a member; empty where there is no such file. */
export async function osGroupsOf(username: string, file = '/etc/group'): Promise<ReadonlySet<string>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return new Set();
    throw cause;
  }
  const groups = text.split('\n').map((line) => line.split(':'));
  return new Set(
    groups.flatMap(([name, , , members]) => (name && members?.split(',').includes(username) ? [name] : [])),
  );
}
