import { FEATURES, type Feature } from './features.js';
import type { Actor, Member, Permissions } from './parse.js';

/** What a session without a permissions file has: its owner may do everything, nobody else anything. */
export const OWNER_ONLY: Permissions = {
  groups: new Map(),
  rules: [{ actor: { kind: 'owner' }, verdict: 'allow', features: FEATURES }],
};

export const NOBODY: Permissions = { groups: new Map(), rules: [] };

export interface Person {
  readonly username: string;
  readonly isOwner: boolean;
  readonly osGroups: ReadonlySet<string>;
}

/** The features that remain for a person when all lines were read in order; `deny` cannot be taken back. */
export function allowedFeatures(permissions: Permissions, person: Person): readonly Feature[] {
  const allowed = new Set<Feature>();
  const denied = new Set<Feature>();
  for (const { actor, verdict, features } of permissions.rules) {
    if (!applies(actor, person, permissions, new Set())) continue;
    for (const feature of features) {
      if (verdict === 'allow') allowed.add(feature);
      else allowed.delete(feature);
      if (verdict === 'deny') denied.add(feature);
    }
  }
  const remains = (feature: Feature): boolean => allowed.has(feature) && !denied.has(feature);
  return FEATURES.filter(
    (feature) => remains(feature) && (feature !== 'keyboard-sas' || remains('keyboard')),
  );
}

function applies(actor: Actor, person: Person, permissions: Permissions, seen: Set<string>): boolean {
  switch (actor.kind) {
    case 'any':
      return true;
    case 'owner':
      return person.isOwner;
    case 'user':
      return actor.name === person.username;
    case 'osgroup':
      return person.osGroups.has(actor.name);
    case 'group': {
      if (seen.has(actor.name)) return false;
      seen.add(actor.name);
      const members: readonly Member[] = permissions.groups.get(actor.name) ?? [];
      return members.some((member) => applies(member, person, permissions, seen));
    }
  }
}
