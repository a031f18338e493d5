import { join } from 'node:path';

/** Where `store = sqlite` keeps the state. */
export function databaseFile(workingPath: string): string {
  return join(workingPath, 'broker.db');
}
