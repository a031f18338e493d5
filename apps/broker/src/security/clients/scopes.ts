import type { OperationScope } from '@dcvsm/protocol';
import { allScopes } from '../../domain/caller.js';

/** Scopes as they travel: names with a blank between them (RFC 6749 section 3.3). */
export function writeScopes(scopes: Iterable<OperationScope>): string {
  return [...scopes].join(' ');
}

/** The scopes of that text that mean something here. */
export function readScopes(text: string): ReadonlySet<OperationScope> {
  return new Set(text.split(' ').filter(isScope));
}

export function isScope(name: string): name is OperationScope {
  return (allScopes as ReadonlySet<string>).has(name);
}

export function commonScopes(
  one: ReadonlySet<OperationScope>,
  other: ReadonlySet<OperationScope>,
): ReadonlySet<OperationScope> {
  if (one === allScopes) return other;
  return other === allScopes ? one : new Set([...one].filter((scope) => other.has(scope)));
}
