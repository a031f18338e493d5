import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditEntry } from '../../src/audit/audit-entry.js';
import { CURRENT_FILE } from '../../src/audit/audit-files.js';
import type { TestFleet } from '../fleet/start-fleet.js';

/** Everything in the audit log of a broker, as text. */
export function auditText(fleet: TestFleet): Promise<string> {
  return readFile(join(fleet.workingPath, 'audit', CURRENT_FILE), 'utf8');
}

/** The entries of one action, oldest first. */
export async function auditOf(fleet: TestFleet, action: string): Promise<AuditEntry[]> {
  const lines = (await auditText(fleet)).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as AuditEntry).filter((entry) => entry.action === action);
}
