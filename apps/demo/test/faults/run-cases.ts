import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault, Form } from './fault-case.js';

/**
 * Runs the cases of `cases/` for `npm run test:faults`, which says by environment variables what it wants:
 * FAULT_CASES (`F3,F11`; none: all), FAULT_FORM (`full`; else the quick one), FAULT_SEED, FAULT_ROUNDS,
 * FAULT_SOAK_MINUTES, FAULT_RESULTS (a file that gets a line of JSON for each finding).
 */
const { FAULT_CASES, FAULT_FORM, FAULT_SEED, FAULT_ROUNDS, FAULT_SOAK_MINUTES, FAULT_RESULTS } = process.env;
const form: Form = {
  isQuick: FAULT_FORM !== 'full',
  seed: Number(FAULT_SEED ?? 20_261_124),
  rounds: FAULT_ROUNDS === undefined ? null : Number(FAULT_ROUNDS),
  soakMinutes: FAULT_SOAK_MINUTES === undefined ? null : Number(FAULT_SOAK_MINUTES),
};
const wanted = FAULT_CASES?.toUpperCase().split(',') ?? null;

const LIMIT_MS = form.isQuick ? 120_000 : 3_600_000;
const folder = join(__dirname, 'cases');

const files = readdirSync(folder)
  .map((file) => ({ file, parts: /^f(\d\d)-(.+)\.ts$/.exec(file) }))
  .map(({ file, parts }) => {
    if (parts === null) throw new Error(`cases/${file}: name it f<two digits>-<words>.ts`);
    return { file, id: `F${Number(parts[1])}`, title: String(parts[2]).replaceAll('-', ' ') };
  })
  .filter(({ id }) => wanted === null || wanted.includes(id));

it.each(files.map((one) => [one.id, one.title, one.file]))(
  '%s: %s',
  async (id, _title, file) => {
    const { fault } = (await import(join(folder, file))) as { fault: Fault };
    const findings = await fault(form);
    if (FAULT_RESULTS !== undefined) {
      const lines = findings.map((finding) => `${JSON.stringify({ case: id, ...finding })}\n`);
      appendFileSync(FAULT_RESULTS, lines.join(''));
    }
    expect(findings.length).toBeGreaterThan(0);
    expect({ broken: findings.filter(({ ok, pending }) => !ok && pending === undefined) }).toEqual({
      broken: [],
    });
  },
  LIMIT_MS,
);
