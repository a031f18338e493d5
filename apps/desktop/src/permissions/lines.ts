export type Section = 'groups' | 'aliases' | 'permissions';

/** One meaningful line of a permissions file; `where` is "file, line n" for error messages. */
export type PermissionLine =
  | { readonly kind: 'import'; readonly path: string; readonly where: string }
  | { readonly kind: 'entry'; readonly section: Section; readonly text: string; readonly where: string };

/** A sentence about what is wrong in a permissions file, with the place. */
export class PermissionsProblem extends Error {
  constructor(where: string, problem: string) {
    super(`${where}: ${problem}`);
    this.name = 'PermissionsProblem';
  }
}

const SECTIONS: ReadonlySet<string> = new Set<Section>(['groups', 'aliases', 'permissions']);

function isSection(name: string): name is Section {
  return SECTIONS.has(name);
}

/** Splits a permissions file into its lines: `#import` lines and the entries of the three known sections. */
export function splitLines(text: string, fileName: string): readonly PermissionLine[] {
  const lines: PermissionLine[] = [];
  let section: Section | null = null;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    const where = `${fileName}, line ${index + 1}`;
    const imported = /^#import\s+(\S.*)$/.exec(line)?.[1];
    const heading = /^\[(.*)\]$/.exec(line)?.[1];
    if (imported !== undefined) {
      lines.push({ kind: 'import', path: imported, where });
    } else if (line === '' || line.startsWith('#') || line.startsWith(';')) {
      continue;
    } else if (heading !== undefined) {
      if (!isSection(heading)) {
        throw new PermissionsProblem(
          where,
          `unknown section [${heading}]; use [groups], [aliases] or [permissions]`,
        );
      }
      section = heading;
    } else if (section === null) {
      throw new PermissionsProblem(
        where,
        'an entry stands before the first section; put [permissions] above it',
      );
    } else {
      lines.push({ kind: 'entry', section, text: line, where });
    }
  }
  return lines;
}
