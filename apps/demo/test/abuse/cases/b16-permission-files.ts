import fc from 'fast-check';
import { howMany, none, Tally, type Abuse } from '../abuse-case.js';
import { BrokerProcess } from '../broker-process.js';
import { refusalProblem } from '../judge-answer.js';
import { pool } from '../pool.js';

const base64 = (content: string | Uint8Array): string => Buffer.from(content as string).toString('base64');
const GOOD = '[permissions]\n%owner% allow builtin\n';

interface BadFile {
  readonly kind: 'form' | 'content';
  readonly file: unknown;
}

const fixed: readonly BadFile[] = [
  { kind: 'form', file: '%%%%' },
  { kind: 'form', file: '_-_-' },
  { kind: 'form', file: 'YWI' },
  { kind: 'form', file: 'YW Jj' },
  { kind: 'form', file: 'YQ==YQ==' },
  { kind: 'form', file: `${base64(GOOD)}\n` },
  { kind: 'form', file: base64('#'.repeat(65_540)) },
  { kind: 'form', file: 'A'.repeat(10 * 1_048_576) },
  { kind: 'form', file: 5 },
  { kind: 'form', file: [base64(GOOD)] },
  { kind: 'content', file: base64(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 0xff)) },
  { kind: 'content', file: base64(`${GOOD}\0`) },
  { kind: 'content', file: base64(Buffer.from(GOOD, 'utf16le')) },
  { kind: 'content', file: base64('%owner% allow builtin') },
  { kind: 'content', file: base64('[permission]\n') },
  { kind: 'content', file: base64('[permissions]\n%owner%') },
];

/** No generated word is a feature of DCV. */
const word = fc.stringMatching(/^[a-z]{3,10}x\d$/);
const unknownFeature = word.map((feature): BadFile => ({
  kind: 'content',
  file: base64(`${GOOD}%any% allow ${feature}\n`),
}));
const unknownRule = word.map((rule): BadFile => ({
  kind: 'content',
  file: base64(`${GOOD}%any% ${rule} builtin\n`),
}));
const unknownSection = word.map((section): BadFile => ({
  kind: 'content',
  file: base64(`${GOOD}[${section}]\n`),
}));
const binary = fc
  .uint8Array({ minLength: 4, maxLength: 200 })
  .map((bytes): BadFile => ({ kind: 'content', file: base64(Buffer.concat([Buffer.of(0xff, 0), bytes])) }));
const brokenBase64 = fc
  .tuple(fc.nat(40), fc.constantFrom('*', ' ', '\n', '-', '_', '=', '\u00e4', '\0'))
  .map(([at, noise]): BadFile => {
    const good = base64(GOOD.repeat(3));
    return { kind: 'form', file: good.slice(0, at) + noise + good.slice(at + 1) };
  });

export const abuse: Abuse = async (form) => {
  await using broker = await BrokerProcess.start();
  const generated = fc.oneof(unknownFeature, unknownRule, unknownSection, binary, brokenBase64);
  const files = [...fixed, ...fc.sample(generated, { numRuns: howMany(form, 5000, 80), seed: form.seed })];
  const statuses = new Tally();
  const wrong: string[] = [];
  await pool(files, 8, async ({ kind, file }) => {
    const create = [{ Name: 'n', Owner: 'alice', Type: 'VIRTUAL', PermissionsFile: file }];
    const update = [{ SessionId: 's', Owner: 'alice', PermissionsFile: file }];
    const answers = [
      await broker.send('/createSessions', { body: JSON.stringify(create) }),
      await broker.send('/sessionPermissions', { method: 'PUT', body: JSON.stringify(update) }),
    ];
    for (const answer of answers) {
      statuses.add(answer.status === 200 ? 'entry refused' : answer.status);
      const problem = kind === 'form' ? formProblem(answer) : contentProblem(answer);
      if (problem !== null) wrong.push(`${JSON.stringify(file).slice(0, 100)}: ${problem}`);
    }
  });
  const inputs = 2 * files.length;
  return [
    none(
      'files not refused: as a 400 or 413, or as their entry with the line in question',
      inputs,
      wrong,
      statuses.toString(),
    ),
    none('harm to the broker afterwards', inputs, await broker.harm(), 'makes sessions, logged no error'),
  ];
};

function formProblem(answer: { readonly status: number; readonly text: string }): string | null {
  if (answer.status === 0) return null;
  if (answer.status === 413) return refusalProblem(answer);
  if (answer.status !== 400) return `status ${answer.status}`;
  return answer.text.includes('PermissionsFile') ? refusalProblem(answer) : 'does not name the field';
}

/** The file is well-formed base64, so the request is; its entry fails with words about the file. */
function contentProblem({ status, text }: { readonly status: number; readonly text: string }): string | null {
  if (status !== 200) return `status ${status}: ${text.slice(0, 200)}`;
  const { UnsuccessfulList } = JSON.parse(text) as { UnsuccessfulList: { FailureReason: string }[] };
  const reason = UnsuccessfulList[0]?.FailureReason ?? 'accepted';
  return /^PermissionsFile (?:line \d+: |is not text)/.test(reason) ? null : reason;
}
