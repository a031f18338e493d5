import { parse, TomlError } from 'smol-toml';
import type { ConfigProblem } from './config-problem.js';
import { sections, type AgentValues, type ConfigKey, type LogValues } from './keys.js';
import { locateKey } from './locate-key.js';
import type { Platform } from './platform.js';

export interface ConfigText {
  readonly file: string;
  readonly text: string;
  readonly platform: Platform;
}

export type Interpreted =
  | {
      readonly kind: 'valid';
      readonly agent: AgentValues;
      readonly log: LogValues;
      readonly warnings: readonly string[];
    }
  | { readonly kind: 'invalid'; readonly problems: readonly ConfigProblem[] };

/** Reads the text of an agent.conf; every problem of the file is found in one go. */
export function interpretConfig(source: ConfigText): Interpreted {
  const toml = parseToml(source);
  if (toml.kind === 'broken') return { kind: 'invalid', problems: [toml.problem] };
  const parsed = toml.table;
  const problems: ConfigProblem[] = [];
  const warnings: string[] = [];
  checkVersion(parsed, source, problems);
  for (const key of Object.keys(parsed)) {
    if (key !== 'version' && !(key in sections)) warnings.push(unknownKey(source, null, key));
  }
  const agent = readSection('agent', parsed, source, problems, warnings);
  const log = readSection('log', parsed, source, problems, warnings);
  if (problems.length > 0) return { kind: 'invalid', problems };
  // Each value passed the schema of its key just above, which is what these types say.
  return { kind: 'valid', agent: agent as AgentValues, log: log as LogValues, warnings };
}

type Table = Record<string, unknown>;

type Toml =
  | { readonly kind: 'table'; readonly table: Table }
  | { readonly kind: 'broken'; readonly problem: ConfigProblem };

function parseToml({ file, text }: ConfigText): Toml {
  try {
    return { kind: 'table', table: parse(text.replace(/^\uFEFF/, '')) };
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const problem = `is not TOML: ${cause.message.split('\n')[0] ?? ''}`;
    const remedy = "write key = 'value' lines below [agent] and [log]";
    return { kind: 'broken', problem: { file, line: cause.line, problem, remedy } };
  }
}

function checkVersion(parsed: Table, { file, text }: ConfigText, problems: ConfigProblem[]): void {
  const { version } = parsed;
  if (typeof version === 'string' || typeof version === 'number') return;
  const line = locateKey(text, null, 'version');
  problems.push({
    file,
    ...(line === undefined ? {} : { line }),
    key: 'version',
    problem: version === undefined ? 'is missing' : 'is not a text',
    remedy: "put version = '0.1' above [agent]",
  });
}

function readSection(
  section: keyof typeof sections,
  parsed: Table,
  source: ConfigText,
  problems: ConfigProblem[],
  warnings: string[],
): Table {
  const keys: Record<string, ConfigKey> = sections[section];
  const given = parsed[section] ?? {};
  if (typeof given !== 'object' || Array.isArray(given)) {
    problems.push({
      file: source.file,
      key: section,
      problem: 'is not a section',
      remedy: `write [${section}]`,
    });
    return {};
  }
  for (const key of Object.keys(given)) {
    if (!Object.hasOwn(keys, key)) warnings.push(unknownKey(source, section, key));
  }
  const values: Table = {};
  for (const [name, key] of Object.entries(keys)) {
    const value = (given as Table)[name];
    const checked = readKey(value, key, source.platform);
    if ('problem' in checked) problems.push({ ...placeOf(source, section, name), ...checked });
    else values[name] = checked.value;
  }
  return values;
}

function readKey(
  value: unknown,
  key: ConfigKey,
  platform: Platform,
): { readonly value: unknown } | { readonly problem: string; readonly remedy: string } {
  if (value === undefined) {
    if (key.required) return { problem: 'is missing', remedy: `set it to ${key.expects}` };
    return { value: typeof key.default === 'object' ? key.default[platform] : key.default };
  }
  const result = key.schema.safeParse(value);
  if (result.success) return { value: result.data };
  const problem = value === '' ? 'is empty' : `cannot be ${describe(value)}`;
  return { problem, remedy: `set it to ${key.expects}${key.required ? '' : ', or remove the line'}` };
}

function placeOf(
  { file, text }: ConfigText,
  section: string,
  name: string,
): Omit<ConfigProblem, 'problem' | 'remedy'> {
  const line = locateKey(text, section, name);
  return { file, key: `${section}.${name}`, ...(line === undefined ? {} : { line }) };
}

function unknownKey({ file, text }: ConfigText, section: string | null, key: string): string {
  const line = locateKey(text, section, key);
  const place = line === undefined ? file : `${file}:${line}`;
  return `${place}: ${section === null ? '' : `${section}.`}${key} is unknown and has no effect`;
}

function describe(value: unknown): string {
  const text = typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? typeof value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
