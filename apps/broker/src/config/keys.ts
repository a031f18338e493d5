import type { ConfigKey, ConfigValue, ValueOf } from './config-key.js';
import { accessKeys } from './keys/access.js';
import { additionKeys } from './keys/additions.js';
import { clusterKeys } from './keys/cluster.js';
import { fleetKeys } from './keys/fleet.js';
import { gatewayKeys } from './keys/gateway.js';
import { listenerKeys } from './keys/listeners.js';
import { metricsKeys } from './keys/metrics.js';
import { sessionKeys } from './keys/sessions.js';
import { storageKeys } from './keys/storage.js';

/** The table, by subject, in the order of the reference document. */
export const keyGroups = [
  { title: 'Ports and addresses', keys: listenerKeys },
  { title: 'Who may do what', keys: accessKeys },
  { title: 'Sessions', keys: sessionKeys },
  { title: 'Servers and load', keys: fleetKeys },
  { title: 'Where state is kept', keys: storageKeys },
  { title: 'Connection Gateway', keys: gatewayKeys },
  { title: 'Several brokers, and Java', keys: clusterKeys },
  { title: 'Metrics', keys: metricsKeys },
  { title: 'Keys of this broker only', keys: additionKeys },
] as const;

/**
 * Every key that the broker knows (administration guide, "broker configuration file", and the shipped file), and ours.
 * Adding a key here makes it readable, checked, documented and a member of `Values`.
 */
export const brokerKeys = {
  ...listenerKeys,
  ...accessKeys,
  ...sessionKeys,
  ...fleetKeys,
  ...storageKeys,
  ...gatewayKeys,
  ...clusterKeys,
  ...metricsKeys,
  ...additionKeys,
} as const;

export type KeyName = keyof typeof brokerKeys;

/** The value of every key, absent ones with their default. */
export type Values = { readonly [Name in KeyName]: ValueOf<(typeof brokerKeys)[Name]> };

/** The table as pairs of name and key, typed for walking over it. */
export const allKeys = Object.entries(brokerKeys) as readonly (readonly [KeyName, ConfigKey])[];

export function isKeyName(text: string): text is KeyName {
  return Object.hasOwn(brokerKeys, text);
}

/** The guide's table prints two keys with `-AWS-` where its scaling page and the shipped file have `-aws-`. */
export function canonicalKeyName(text: string): string {
  const lowerCase = text.replace('-AWS-', '-aws-');
  return isKeyName(lowerCase) ? lowerCase : text;
}

/** A key without effect whose value still deserves a word at start. */
export function deservesNotice(key: ConfigKey, value: ConfigValue): boolean {
  if (key.status.kind === 'implemented') return false;
  const quiet: readonly ConfigValue[] = key.quiet ?? [key.default];
  return !quiet.includes(value);
}
