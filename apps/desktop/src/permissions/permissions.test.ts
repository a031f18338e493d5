import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allowedFeatures, NOBODY, OWNER_ONLY, type Person } from './decide.js';
import { FEATURES } from './features.js';
import { splitLines } from './lines.js';
import { parsePermissions } from './parse.js';
import { readPermissions } from './read.js';

const parse = (text: string) =>
  parsePermissions(splitLines(text, 'p.perm').flatMap((line) => (line.kind === 'entry' ? [line] : [])));

const person = (username: string, more: Partial<Person> = {}): Person => ({
  username,
  isOwner: false,
  osGroups: new Set(),
  ...more,
});

describe('what a permissions file grants', () => {
  it('grants the owner everything and others nothing without a file', () => {
    expect(allowedFeatures(OWNER_ONLY, person('ann', { isOwner: true }))).toEqual(FEATURES);
    expect(allowedFeatures(OWNER_ONLY, person('bob'))).toEqual([]);
    expect(allowedFeatures(NOBODY, person('ann', { isOwner: true }))).toEqual([]);
  });

  it('knows users, groups, groups in groups and groups of the system', () => {
    const permissions = parse(
      '[groups]\ngroup:inner=user:bob\nouter=group:inner, LAB\\eve\n[permissions]\ngroup:outer allow display\nosgroup:staff allow mouse',
    );
    expect(allowedFeatures(permissions, person('bob'))).toEqual(['display']);
    expect(allowedFeatures(permissions, person('LAB\\eve'))).toEqual(['display']);
    expect(allowedFeatures(permissions, person('jo', { osGroups: new Set(['staff']) }))).toEqual(['mouse']);
    expect(allowedFeatures(permissions, person('max'))).toEqual([]);
  });

  it('lets a later line override disallow but never deny', () => {
    const permissions = parse(
      '[permissions]\n%any% deny printer\n%any% disallow display\nann allow display printer',
    );
    expect(allowedFeatures(permissions, person('ann'))).toEqual(['display']);
  });

  it('expands aliases of aliases', () => {
    const permissions = parse(
      '[aliases]\nall=files, display\nfiles=file-upload\n[permissions]\nann allow all',
    );
    expect(allowedFeatures(permissions, person('ann'))).toEqual(['display', 'file-upload']);
  });

  it('gives keyboard-sas only together with keyboard', () => {
    expect(allowedFeatures(parse('[permissions]\nann allow keyboard-sas display'), person('ann'))).toEqual([
      'display',
    ]);
  });

  it('stops at groups that contain each other', () => {
    const permissions = parse('[groups]\na=group:b\nb=group:a\n[permissions]\ngroup:a allow display');
    expect(allowedFeatures(permissions, person('ann'))).toEqual([]);
  });
});

describe('what is wrong with a permissions file', () => {
  it.each([
    ['[permission]\nann allow display', 'line 1: unknown section [permission]'],
    ['ann allow display', 'line 1: an entry stands before the first section'],
    ['[permissions]\nann alow display', 'line 2: unknown rule "alow"'],
    ['[permissions]\nann allow', 'line 2: no feature is named'],
    ['[permissions]\nann allow telepathy', 'line 2: unknown feature "telepathy"'],
    ['[permissions]\nann allow toString', 'line 2: unknown feature "toString"'],
    ['[permissions]\n%all% allow display', 'line 2: unknown actor "%all%"'],
    ['[permissions]\ngroup:x allow display', 'line 2: group "x" is not defined'],
    ['[groups]\na=group:b\n[permissions]\n%any% allow display', 'line 2: group "b" is not defined'],
    ['[groups]\na=b,,c', 'line 2: expected name=member, member'],
    ['[aliases]\na=b\nb=a\n[permissions]\n%any% allow a', 'line 2: alias "a" contains itself'],
  ])('%j is refused', (text, problem) => {
    expect(() => parse(text)).toThrow(problem);
  });
});

describe('imports', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dcv-perm-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('are read relative to the importing file, in place', async () => {
    await writeFile(join(folder, 'base.perm'), '; shared\n[permissions]\n%any% allow display mouse\n');
    await writeFile(
      join(folder, 'own.perm'),
      '#import base.perm\n# note\n[permissions]\n%any% disallow mouse\n',
    );
    expect(allowedFeatures(await readPermissions(join(folder, 'own.perm')), person('ann'))).toEqual([
      'display',
    ]);
  });

  it('may not go round in a circle or point at nothing', async () => {
    await writeFile(join(folder, 'a.perm'), '#import b.perm');
    await writeFile(join(folder, 'b.perm'), '#import a.perm');
    await expect(readPermissions(join(folder, 'a.perm'))).rejects.toThrow('imports itself');
    await writeFile(join(folder, 'c.perm'), '#import nothing.perm');
    await expect(readPermissions(join(folder, 'c.perm'))).rejects.toThrow(
      /line 1: cannot read .* \(ENOENT\)/,
    );
  });
});
