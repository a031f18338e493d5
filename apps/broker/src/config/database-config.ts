import { parseJdbcUrl, type DatabaseUrl } from './jdbc-url.js';
import type { Values } from './keys.js';

/** The shared database, ready to be connected to. */
export type DatabaseConfig = Omit<DatabaseUrl, 'unknown' | 'user' | 'password'> & {
  readonly user: string;
  readonly password: string;
};

/** Undefined: the state is in this broker's own file, or in memory. Contradictions have been refused before. */
export function databaseConfig(values: Values): DatabaseConfig | undefined {
  if (!values['enable-persistence'] || values['persistence-db'] === 'dynamodb') return undefined;
  const parsed = parseJdbcUrl(values['jdbc-connection-url'] ?? '');
  if (parsed.kind === 'problem') return undefined;
  const { unknown: _unknown, ...url } = parsed.url;
  const user = values['jdbc-user'] ?? url.user ?? '';
  const password = values['jdbc-password'] ?? url.password ?? '';
  return Object.freeze({ ...url, user, password });
}
