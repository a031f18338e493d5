import { callAdmin, type AdminAddress } from './admin-client.js';

/** Resolves with what the command prints (administration guide, "CLI reference"). */
export async function renewAuthServerApiKey(
  broker: AdminAddress,
  options: { readonly revoke: boolean },
): Promise<string> {
  await callAdmin(broker, 'POST', '/signing-keys', { revoke: options.revoke });
  return 'Keys renewed.\n';
}
