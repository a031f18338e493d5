import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Abuse, Form } from './abuse-case.js';

/**
 * Runs the cases of `cases/` for `npm run test:abuse`, which says by environment variables what it wants:
 * ABUSE_CASES (`B3,B11`; none: all), ABUSE_FORM (`full`; else the quick one), ABUSE_SEED, ABUSE_RESULTS (a file that gets
 * a line of JSON for each finding).
 */
const { ABUSE_CASES, ABUSE_FORM, ABUSE_SEED, ABUSE_RESULTS } = process.env;
const form: Form = { isQuick: ABUSE_FORM !== 'full', seed: Number(ABUSE_SEED ?? 20_261_123) };
const wanted = ABUSE_CASES?.toUpperCase().split(',') ?? null;

const LIMIT_MS = form.isQuick ? 60_000 : 900_000;
const folder = join(__dirname, 'cases');

const files = readdirSync(folder)
  .map((file) => ({ file, parts: /^b(\d\d)-(.+)\.ts$/.exec(file) }))
  .map(({ file, parts }) => {
    if (parts === null) throw new Error(`cases/${file}: name it b<two digits>-<words>.ts`);
    return { file, id: `B${Number(parts[1])}`, title: String(parts[2]).replaceAll('-', ' ') };
  })
  .filter(({ id }) => wanted === null || wanted.includes(id));

it.each(files.map((one) => [one.id, one.title, one.file]))(
  '%s: %s',
  async (id, _title, file) => {
    const { abuse } = (await import(join(folder, file))) as { abuse: Abuse };
    const findings = await abuse(form);
    if (ABUSE_RESULTS !== undefined) {
      const lines = findings.map((finding) => `${JSON.stringify({ case: id, ...finding })}\n`);
      appendFileSync(ABUSE_RESULTS, lines.join(''));
    }
    expect(findings.length).toBeGreaterThan(0);
    expect({
      seed: form.seed,
      broken: findings.filter(({ ok }) => !ok),
    }).toEqual({
      seed: form.seed,
      broken: [],
    });
  },
  LIMIT_MS,
);
