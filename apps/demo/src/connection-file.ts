import { chmod, readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';

/** What a client needs to talk to the demo's broker; also written to `demo/connection.json`. */
export const Connection = z.object({
  url: z.string(),
  caFile: z.string(),
  clientId: z.string(),
  clientPassword: z.string(),
  agentUrl: z.string(),
  serverIds: z.array(z.string()),
});
export type Connection = z.infer<typeof Connection>;

/** The same for the `dcvsm` command, in the form that it reads. */
export async function writeCliConfig(file: string, connection: Connection): Promise<void> {
  const { url, caFile, clientId, clientPassword } = connection;
  const text = `[security]
ca-bundle = ${caFile}
[authentication]
client-id = ${clientId}
client-password = ${clientPassword}
[broker]
url = ${url}
`;
  await writeFile(file, text, { mode: 0o600 });
  await chmod(file, 0o600);
}

/** null: there is none, or nothing that can be used. */
export async function readConnection(file: string): Promise<Connection | null> {
  try {
    const parsed = Connection.safeParse(JSON.parse(await readFile(file, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** It holds a password, so only its owner may read it. */
export async function writeConnection(file: string, connection: Connection): Promise<void> {
  await writeFile(file, `${JSON.stringify(connection, null, 2)}\n`, { mode: 0o600 });
  await chmod(file, 0o600);
}
