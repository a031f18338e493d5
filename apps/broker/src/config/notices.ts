import type { ConfigValue, KeyStatus } from './config-key.js';
import { parseJdbcUrl } from './jdbc-url.js';
import type { KeyName, Values } from './keys.js';
import { allKeys, deservesNotice } from './keys.js';
import { nearestKey } from './nearest-key.js';
import type { PropertiesEntry } from './properties.js';

/** What is known of the file besides the values: where each known key stands, and which entries are unknown. */
export interface FileFacts {
  readonly lineOfKey: ReadonlyMap<KeyName, number>;
  readonly unknown: readonly PropertiesEntry[];
}

const longestShownKey = 80;
const loopbackHosts: readonly string[] = ['127.0.0.1', '::1', 'localhost'];

/** What the operator should know although the broker starts, a sentence each. Never a secret, never a value of a text. */
export function noticesFor(values: Values, facts: FileFacts): readonly string[] {
  return [
    ...noticesOnKeysWithoutEffect(values, facts.lineOfKey),
    ...noticesOnChoices(values, facts.lineOfKey),
    ...facts.unknown.map(noticeOnUnknownKey),
  ];
}

function noticesOnKeysWithoutEffect(
  values: Values,
  lineOfKey: ReadonlyMap<KeyName, number>,
): readonly string[] {
  const namesOfTopic = new Map<string, KeyName[]>();
  const statusOfTopic = new Map<string, Exclude<KeyStatus, { kind: 'implemented' }>>();
  for (const [name, key] of allKeys) {
    const value: ConfigValue = values[name];
    if (key.status.kind === 'implemented' || !deservesNotice(key, value)) continue;
    const { topic } = key.status;
    statusOfTopic.set(topic, key.status);
    namesOfTopic.set(topic, [...(namesOfTopic.get(topic) ?? []), name]);
  }
  return [...statusOfTopic].map(([topic, { kind, reason }]) => {
    const place = linesOf(namesOfTopic.get(topic) ?? [], lineOfKey);
    const effect = kind === 'later' ? 'without effect yet' : 'not needed';
    return `${topic}${place}: ${effect}; ${reason}`;
  });
}

function linesOf(names: readonly KeyName[], lineOfKey: ReadonlyMap<KeyName, number>): string {
  const lines = names.flatMap((name) => lineOfKey.get(name) ?? []).toSorted((a, b) => a - b);
  if (lines.length === 0) return '';
  return lines.length === 1 ? ` (line ${lines[0]})` : ` (lines ${lines.join(', ')})`;
}

function noticesOnChoices(values: Values, lineOfKey: ReadonlyMap<KeyName, number>): readonly string[] {
  const notices: string[] = [];
  if (values['delete-session-duration-hours'] !== undefined) {
    notices.push(
      lineOfKey.has('delete-session-duration-seconds')
        ? 'delete-session-duration-hours: not used, because delete-session-duration-seconds is set too'
        : 'delete-session-duration-hours: deprecated; write delete-session-duration-seconds instead',
    );
  }
  if (!values['enable-authorization']) {
    notices.push('enable-authorization: false, so whoever reaches the client port may do everything');
  }
  if (values['enable-gateway'] && !values['enable-tls-client-auth-gateway']) {
    notices.push(
      'enable-gateway: without enable-tls-client-auth-gateway whoever reaches the port for gateways may ask where sessions are; keep it on a trusted network',
    );
  }
  const agentHost = values['agent-to-broker-connector-bind-host'];
  if (!values['enable-agent-authorization'] && !loopbackHosts.includes(agentHost)) {
    notices.push(
      'enable-agent-authorization: false, so whoever reaches the agent port can pretend to be a DCV server; keep it on a trusted network',
    );
  }
  const unknown = unknownJdbcParameters(values);
  if (unknown.length > 0)
    notices.push(
      `jdbc-connection-url: the parameters ${unknown.join(', ')} mean nothing here and are ignored`,
    );
  if (values.store === 'memory') {
    notices.push('store: memory, so sessions, servers and API clients are forgotten when the broker stops');
  }
  return notices;
}

function unknownJdbcParameters(values: Values): readonly string[] {
  const text = values['jdbc-connection-url'];
  if (!values['enable-persistence'] || text === undefined) return [];
  const parsed = parseJdbcUrl(text);
  return parsed.kind === 'url' ? parsed.url.unknown : [];
}

function noticeOnUnknownKey({ key, line }: PropertiesEntry): string {
  const shown = key.length > longestShownKey ? `${key.slice(0, longestShownKey)}…` : key;
  const names = allKeys.map(([name]) => name);
  const nearest = nearestKey(key, names);
  const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  return `${JSON.stringify(shown)} (line ${line}): no key of this broker, ignored${hint}`;
}
