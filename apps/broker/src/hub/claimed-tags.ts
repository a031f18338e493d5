import type { HostFacts, Report, Tag } from '@dcvsm/protocol';

/** Tags of this sort are made by the broker (administration guide, "Default tags"). */
const BUILT_IN = 'dcv:';

/**
 * The report with only those tags that its host may claim: never a built-in one and, when its software statement lists
 * tags, only pairs of that list.
 */
export function withClaimableTags(report: Report, allowed: readonly Tag[] | null): Report {
  const tags = report.facts.tags.filter((tag) => isClaimable(tag, allowed));
  if (tags.length === report.facts.tags.length) return report;
  return { ...report, facts: { ...report.facts, tags } };
}

/** Keys of the tags that the host may not claim. */
export function unclaimableKeys({ tags }: HostFacts, allowed: readonly Tag[] | null): readonly string[] {
  return tags.filter((tag) => !isClaimable(tag, allowed)).map(({ key }) => key);
}

function isClaimable({ key, value }: Tag, allowed: readonly Tag[] | null): boolean {
  if (key.startsWith(BUILT_IN)) return false;
  return allowed === null || allowed.some((tag) => tag.key === key && tag.value === value);
}
