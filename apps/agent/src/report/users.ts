const MAX_USERS = 1024;

/** Names of who is logged in, each once. Without `asks` the system is not asked (`enable_query_logged_in_users`). */
export async function readUsers(asks: boolean): Promise<readonly string[]> {
  if (!asks) return ['unknown'];
  const { users } = await import('systeminformation');
  return toUserNames(await users());
}

export function toUserNames(sessions: readonly { readonly user: string }[]): readonly string[] {
  return [...new Set(sessions.map(({ user }) => user).filter((user) => user !== ''))].slice(0, MAX_USERS);
}
