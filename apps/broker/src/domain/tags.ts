import type { HostFacts } from '@dcvsm/protocol';

/** Tags that every server has (administration guide, "Default tags"); a host cannot set or shadow them. */
export function allTags(facts: HostFacts): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  for (const { key, value } of facts.tags) {
    if (!key.startsWith('dcv:')) tags.set(key, value);
  }
  const maxVirtualSessions = facts.os.family === 'windows' ? 0 : facts.limits.maxVirtualSessions;
  tags.set('dcv:os-family', facts.os.family);
  tags.set('dcv:max-virtual-sessions', String(maxVirtualSessions));
  tags.set('dcv:max-concurrent-sessions-per-user', String(facts.limits.maxVirtualSessionsPerUser));
  return tags;
}
