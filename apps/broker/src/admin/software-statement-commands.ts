import { z } from 'zod';
import { callAdmin, type AdminAddress } from './admin-client.js';
import { prettyJson } from './pretty-json.js';

/** The commands on software statements, each resolving with what it prints (administration guide, "CLI reference"). */

/** Under which conditions the statement will let hosts in; all of it is an addition to the original. */
export interface StatementWish {
  readonly name?: string | undefined;
  readonly expiresInHours?: number | undefined;
  readonly maxUses?: number | undefined;
  readonly addresses?: readonly string[] | undefined;
  readonly tags?: readonly { readonly key: string; readonly value: string }[] | undefined;
  /** In the original's form, which is not signed. */
  readonly legacy?: boolean | undefined;
}

const Generated = z.object({ statement: z.string() });

export async function generateSoftwareStatement(broker: AdminAddress, wish: StatementWish): Promise<string> {
  const { statement } = Generated.parse(await callAdmin(broker, 'POST', '/software-statements', wish));
  return `software-statement: ${statement}\n`;
}

export async function describeSoftwareStatements(broker: AdminAddress): Promise<string> {
  return `Software Statements\n${prettyJson(await callAdmin(broker, 'GET', '/software-statements'))}\n`;
}

export async function deactivateSoftwareStatement(broker: AdminAddress, statement: string): Promise<string> {
  await callAdmin(broker, 'POST', '/software-statements/deactivate', { statement });
  return `Software statement ${statement} deactivated\n`;
}
