/** Sections and their keys, both in lower case. */
export type Ini = ReadonlyMap<string, ReadonlyMap<string, string>>;

export interface IniProblem {
  readonly lineNumber: number;
  readonly problem: string;
}

/** Reads the form of the original's file: `[section]`, `key = value` or `key: value`, and comments after `#` or `;`. */
export function parseIni(text: string): Ini | IniProblem {
  const sections = new Map<string, Map<string, string>>();
  let current: Map<string, string> | null = null;
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = raw.trim();
    const lineNumber = index + 1;
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
    const section = /^\[([^\]]+)\]$/.exec(line)?.[1]?.trim().toLowerCase();
    if (section !== undefined) {
      current = sections.get(section) ?? new Map<string, string>();
      sections.set(section, current);
      continue;
    }
    const [, key, value] = /^([^=:\s][^=:]*?)\s*[=:]\s*(.*)$/.exec(line) ?? [];
    if (key === undefined || value === undefined) {
      return { lineNumber, problem: 'is no [section], no "key = value" and no comment' };
    }
    if (current === null) return { lineNumber, problem: 'stands before the first [section]' };
    if (current.has(key.toLowerCase())) return { lineNumber, problem: `sets ${key} a second time` };
    current.set(key.toLowerCase(), value);
  }
  return sections;
}
