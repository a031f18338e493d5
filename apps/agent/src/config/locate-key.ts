/** Line (1-based) on which `key` of `[section]` is set; absent if the file sets it in a form that is not looked for. */
export function locateKey(toml: string, section: string | null, key: string): number | undefined {
  let current: string | null = null;
  for (const [index, line] of toml.split('\n').entries()) {
    const header = /^\s*\[\s*([^\]\s]+)\s*\]/.exec(line);
    if (header) current = header[1] ?? null;
    const found = /^\s*["']?([A-Za-z0-9_-]+)["']?\s*=/.exec(line);
    if (found?.[1] === key && current === section) return index + 1;
  }
  return undefined;
}
