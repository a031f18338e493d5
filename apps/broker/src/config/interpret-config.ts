import type { BrokerConfig } from './broker-config.js';
import { toBrokerConfig } from './broker-config.js';
import type { ConfigKey, ConfigValue } from './config-key.js';
import type { ConfigProblem } from './config-problem.js';
import { findContradictions } from './contradictions.js';
import type { KeyName, Values } from './keys.js';
import { allKeys, brokerKeys, canonicalKeyName, isKeyName } from './keys.js';
import { noticesFor } from './notices.js';
import { parseValue, type ParsedValue } from './parse-value.js';
import type { PropertiesEntry } from './properties.js';
import { findRepeatedKeys, parseProperties } from './properties.js';
import { readSecret } from './secret-reference.js';

export type BrokerConfigResult =
  | {
      readonly kind: 'ok';
      readonly config: BrokerConfig;
      /** Sentences for the log at start: keys without effect, unknown keys, dangerous choices. */
      readonly notices: readonly string[];
    }
  | { readonly kind: 'problems'; readonly problems: readonly ConfigProblem[] };

/**
 * Turns the text of a `session-manager-broker.properties` into the broker's configuration, or into all that is wrong
 * with it, in the order of the lines. `file` is only named in the problems. Unknown keys are tolerated (rule 21).
 */
export function interpretConfig(file: string, text: string): BrokerConfigResult {
  const parsed = parseProperties(text);
  const entries = parsed.entries.map((entry) => ({ ...entry, key: canonicalKeyName(entry.key) }));
  const { values, lineOfKey, problems: valueProblems } = readValues(entries);
  const unreadable = new Set(valueProblems.map(({ key }) => key));
  const contradictions = findContradictions(values, unreadable).map((contradiction) => {
    const line = lineOfKey.get(contradiction.key);
    return line === undefined ? contradiction : { ...contradiction, line };
  });
  const problems = [...parsed.problems, ...findRepeatedKeys(entries), ...valueProblems, ...contradictions]
    .map((problem): ConfigProblem => ({ file, ...problem }))
    .toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
  if (problems.length > 0) return { kind: 'problems', problems };

  const opensAdminPort = lineOfKey.has('cli-to-broker-port');
  const deletedRetentionInSeconds = lineOfKey.has('delete-session-duration-seconds');
  return {
    kind: 'ok',
    config: toBrokerConfig(values, { deletedRetentionInSeconds, opensAdminPort }),
    notices: noticesFor(values, { lineOfKey, unknown: entries.filter(({ key }) => !isKeyName(key)) }),
  };
}

/** A secret may stand elsewhere; what is there is read like any other value. */
function parseSetting(key: ConfigKey, text: string): ParsedValue {
  if (key.secret !== true) return parseValue(key, text);
  const secret = readSecret(text);
  return secret.kind === 'problem' ? secret : parseValue(key, secret.text);
}

interface ReadValues {
  /** Complete: a key that is absent or could not be read has its default. */
  readonly values: Values;
  readonly lineOfKey: ReadonlyMap<KeyName, number>;
  readonly problems: readonly (Omit<ConfigProblem, 'file' | 'key'> & { readonly key: KeyName })[];
}

function readValues(entries: readonly PropertiesEntry[]): ReadValues {
  const valueOfKey = new Map<string, ConfigValue>(allKeys.map(([name, key]) => [name, key.default]));
  const lineOfKey = new Map<KeyName, number>();
  const problems: ReadValues['problems'][number][] = [];
  for (const { key, value: text, line } of entries) {
    if (!isKeyName(key)) continue;
    const parsed = parseSetting(brokerKeys[key], text);
    if (parsed.kind === 'problem') {
      problems.push({ key, line, problem: parsed.problem, remedy: parsed.remedy });
      continue;
    }
    valueOfKey.set(key, parsed.value);
    if (parsed.value !== undefined) lineOfKey.set(key, line);
  }
  // Every key of the table is in the map, with a value that parseValue made for it or its default.
  return { values: Object.fromEntries(valueOfKey) as unknown as Values, lineOfKey, problems };
}
