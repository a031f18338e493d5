import { createHash } from 'node:crypto';
import { Key, type SqlValue } from '../sql/statement.js';

/**
 * A key as a shared database keeps it: 64 hexadecimal digits, because the indexes of MySQL and PostgreSQL end at about
 * 3,000 and 2,700 bytes, and because digests know no upper and lower case and no collation. Escaped first, as in JSON: UTF-8 has
 * no lone surrogates, and would make one of all of them.
 */
export function toBound(value: SqlValue): string | number | null {
  if (!(value instanceof Key)) return value;
  return createHash('sha256').update(JSON.stringify(value.text)).digest('hex');
}
