import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '@dcvsm/runtime';
import { ManualClock } from '@dcvsm/testkit';
import fc from 'fast-check';
import type { AuditEntry } from './audit-entry.js';
import { auditFiles, CURRENT_FILE } from './audit-files.js';
import type { AuditLine } from './audit-line.js';
import { AuditLog } from './audit-log.js';
import { ChainCheck, readLines, type ChainResult } from './verify.js';

let folder: string;
let errors: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dcvsm-audit-'));
  errors = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const note = (_about: unknown, words: string): void => void errors.push(words);
const log = { error: note, warn: note, info: () => undefined, debug: () => undefined } as unknown as Log;
const open = (maxFileBytes = 1_000_000, clock = new ManualClock()): AuditLog =>
  new AuditLog({ folder, clock, log, maxFileBytes });
const entry = (id: string): AuditEntry => ({
  actor: { kind: 'client', id: 'c1' },
  action: 'deleteSessions',
  objects: [id],
  outcome: 'success',
});

function write(auditLog: AuditLog, ids: readonly string[]): void {
  for (const id of ids) auditLog.record(entry(id));
  auditLog.close();
}

async function lines(): Promise<(AuditLine | null)[]> {
  const found: (AuditLine | null)[] = [];
  for await (const { line } of readLines(auditFiles(folder))) found.push(line);
  return found;
}

async function check(): Promise<ChainResult> {
  const chain = new ChainCheck();
  for await (const line of readLines(auditFiles(folder))) chain.take(line);
  return chain.result();
}

it('writes what was recorded in one turn before anything else happens', async () => {
  const auditLog = open();
  auditLog.record(entry('a'));
  auditLog.record(entry('b'));
  await Promise.resolve();
  expect((await lines()).map((line) => line?.objects)).toEqual([['a'], ['b']]);
  auditLog.close();
});

it('goes on with the chain after a restart', async () => {
  write(open(), ['a', 'b']);
  write(open(), ['c']);
  expect(await check()).toMatchObject({ lines: 3, begins: 1, problems: [], head: { seq: 3 } });
});

it('can be read by its user only', () => {
  write(open(), ['a']);
  expect(statSync(join(folder, CURRENT_FILE)).mode & 0o777).toBe(0o600);
});

it('begins a new file when one is full, and the chain goes through all of them', async () => {
  for (let round = 0; round < 3; round += 1) write(open(500), ['a', 'b', 'c']);
  const auditLog = open(500);
  for (const id of ['d', 'e', 'f']) {
    auditLog.record(entry(id));
    await Promise.resolve();
  }
  auditLog.close();
  expect(readdirSync(folder).length).toBeGreaterThan(3);
  expect(await check()).toMatchObject({ lines: 12, begins: 1, problems: [], head: { seq: 12 } });
});

it('says where the chain begins when old files were taken away', async () => {
  for (let round = 0; round < 3; round += 1) write(open(1), ['a']);
  rmSync(auditFiles(folder)[0]!);
  expect(await check()).toMatchObject({ lines: 2, begins: 2, problems: [] });
});

it('cuts off a line that was never finished, and says so in the log itself', async () => {
  write(open(), ['a']);
  appendFileSync(join(folder, CURRENT_FILE), '{"seq":2,"at"');
  write(open(), ['b']);
  expect((await lines()).map((line) => line?.action)).toEqual([
    'deleteSessions',
    'audit.repair',
    'deleteSessions',
  ]);
  expect(await check()).toMatchObject({ problems: [] });
});

it('does not go on with a file that is no audit log', () => {
  writeFileSync(join(folder, CURRENT_FILE), 'something else\n');
  expect(() => open()).toThrow('does not end with a line of the audit log; move it away');
});

it('keeps entries while the disk is full, and lives', async () => {
  symlinkSync('/dev/full', join(folder, CURRENT_FILE));
  const clock = new ManualClock();
  const auditLog = open(1_000_000, clock);
  auditLog.record(entry('a'));
  await Promise.resolve();
  expect(errors).toEqual(['the audit log cannot be written; trying again']);
  auditLog.record(entry('b'));
  await clock.advance(1000);
  expect(errors).toHaveLength(2);
  expect(auditLog.head.seq).toBe(0);
  auditLog.close();
});

it('finds every change of a single character, every removed and every moved line', async () => {
  write(open(), ['a', 'b', 'c', 'd']);
  const file = join(folder, CURRENT_FILE);
  const whole = readFileSync(file, 'utf8');
  const { head } = await check();
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 2), fc.constantFrom('x', '7', '"', ' ', '}'), async (at, by) => {
      const changed = whole.slice(0, at) + by + whole.slice(at + 1);
      fc.pre(changed !== whole);
      writeFileSync(file, changed);
      const result = await check();
      // A change of the last line shows in the head, which `audit --verify` compares with the running broker's.
      expect(result.problems.length > 0 || result.head.hash !== head.hash).toBe(true);
    }),
    { numRuns: 200 },
  );
  const texts = whole.trim().split('\n');
  for (const order of [
    [0, 2, 3],
    [1, 0, 2, 3],
    [0, 1, 1, 2, 3],
    [0, 2, 1, 3],
  ]) {
    writeFileSync(file, order.map((index) => `${texts[index]!}\n`).join(''));
    expect((await check()).problems).not.toEqual([]);
  }
});

it('writes one line for whatever a caller calls itself, cut and without what terminals obey', async () => {
  const nasty = 'a\n\u001b[31m\u202e\u2028\u{e0041}"}';
  const auditLog = open();
  auditLog.record({
    actor: { kind: 'unknown', id: nasty },
    action: 'token.issue',
    objects: ['x'.repeat(5000), ...Array.from({ length: 200 }, (_, n) => `o${n}`)],
    outcome: 'refused',
    reason: nasty,
  });
  auditLog.close();
  const text = readFileSync(join(folder, CURRENT_FILE), 'utf8');
  expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}](?!$)/u);
  const [line] = await lines();
  expect(line).toMatchObject({ actor: { id: nasty }, reason: nasty, moreObjects: 101 });
  expect(line?.objects[0]).toHaveLength(257);
  expect(text.length).toBeLessThan(16_384);
});
