import { featuresNamed, type Feature } from './features.js';
import { PermissionsProblem, type PermissionLine } from './lines.js';

export type Member =
  | { readonly kind: 'user'; readonly name: string }
  | { readonly kind: 'group'; readonly name: string }
  | { readonly kind: 'osgroup'; readonly name: string };

export type Actor = Member | { readonly kind: 'owner' } | { readonly kind: 'any' };

/** `deny` is final, `disallow` may be overridden by a later line. */
export type Verdict = 'allow' | 'disallow' | 'deny';

export interface Rule {
  readonly actor: Actor;
  readonly verdict: Verdict;
  readonly features: readonly Feature[];
}

export interface Permissions {
  readonly groups: ReadonlyMap<string, readonly Member[]>;
  readonly rules: readonly Rule[];
}

type Entry = Extract<PermissionLine, { kind: 'entry' }>;
type Named = ReadonlyMap<string, { readonly members: readonly string[]; readonly where: string }>;

/**
 * Understands the entries of a permissions file whose imports are already in place (DCV administrator guide,
 * "Working with permissions files").
 *
 * @throws PermissionsProblem naming the line that is wrong
 */
export function parsePermissions(entries: readonly Entry[]): Permissions {
  const groups = definitions(entries, 'groups', /^group:/);
  const aliases = definitions(entries, 'aliases', null);
  const members = new Map(
    [...groups].map(([name, group]) => [name, group.members.map(parseMember)] as const),
  );
  for (const [name, group] of groups) {
    for (const member of members.get(name) ?? []) requireGroup(member, members, group.where);
  }
  const rules = entries
    .filter((entry) => entry.section === 'permissions')
    .map((entry) => parseRule(entry, aliases));
  for (const [index, entry] of entries.filter(({ section }) => section === 'permissions').entries()) {
    const actor = rules[index]?.actor;
    if (actor) requireGroup(actor, members, entry.where);
  }
  return { groups: members, rules };
}

function definitions(entries: readonly Entry[], section: Entry['section'], prefix: RegExp | null): Named {
  const found = new Map<string, { members: readonly string[]; where: string }>();
  for (const { section: own, text, where } of entries) {
    if (own !== section) continue;
    const [, left = '', right = ''] = /^([^=]*)=(.*)$/.exec(text) ?? [];
    const name = (prefix ? left.trim().replace(prefix, '') : left.trim()).trim();
    const members = right.split(',').map((member) => member.trim());
    if (name === '' || /\s/.test(name) || members.includes('')) {
      throw new PermissionsProblem(where, `expected name=member, member but found "${text}"`);
    }
    found.set(name, { members, where });
  }
  return found;
}

function parseMember(text: string): Member {
  const [, kind, name] = /^(user|group|osgroup):(.+)$/.exec(text) ?? [];
  if (name === undefined) return { kind: 'user', name: text };
  return { kind: kind === 'group' || kind === 'osgroup' ? kind : 'user', name };
}

function parseRule({ text, where }: Entry, aliases: Named): Rule {
  const [actor = '', verdict = '', ...names] = text.split(/\s+/);
  if (verdict !== 'allow' && verdict !== 'disallow' && verdict !== 'deny') {
    throw new PermissionsProblem(
      where,
      `unknown rule "${verdict}"; use allow, disallow or deny after the actor`,
    );
  }
  if (names.length === 0) throw new PermissionsProblem(where, 'no feature is named; add at least one');
  const features = names.flatMap((name) => expand({ name, aliases, where, seen: [] }));
  return { actor: parseActor(actor, where), verdict, features };
}

function parseActor(text: string, where: string): Actor {
  if (text === '%owner%') return { kind: 'owner' };
  if (text === '%any%') return { kind: 'any' };
  if (text.startsWith('%')) {
    throw new PermissionsProblem(where, `unknown actor "${text}"; use %owner%, %any%, a user or a group`);
  }
  return parseMember(text);
}

interface Expansion {
  readonly name: string;
  readonly aliases: Named;
  readonly where: string;
  readonly seen: readonly string[];
}

function expand({ name, aliases, where, seen }: Expansion): readonly Feature[] {
  const alias = aliases.get(name);
  if (!alias) {
    const features = featuresNamed(name);
    if (features) return features;
    throw new PermissionsProblem(where, `unknown feature "${name}"; it is neither a feature nor an alias`);
  }
  if (seen.includes(name)) throw new PermissionsProblem(alias.where, `alias "${name}" contains itself`);
  return alias.members.flatMap((member) =>
    expand({ name: member, aliases, where: alias.where, seen: [...seen, name] }),
  );
}

function requireGroup(actor: Actor, groups: ReadonlyMap<string, unknown>, where: string): void {
  if (actor.kind === 'group' && !groups.has(actor.name)) {
    throw new PermissionsProblem(where, `group "${actor.name}" is not defined; add it under [groups]`);
  }
}
