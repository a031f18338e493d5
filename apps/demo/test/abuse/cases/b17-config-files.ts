import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { agentKeys, logKeys } from '../../../../agent/src/config/keys.js';
import { interpretConfig as interpretAgent } from '../../../../agent/src/config/interpret-config.js';
import { mergeTags } from '../../../../agent/src/config/tags.js';
import type { ConfigKey } from '../../../../broker/src/config/config-key.js';
import { interpretConfig as interpretBroker } from '../../../../broker/src/config/interpret-config.js';
import { allKeys } from '../../../../broker/src/config/keys.js';
import fc from 'fast-check';
import { howMany, none, Tally, type Abuse, type Finding, type Form } from '../abuse-case.js';

const apps = resolve(__dirname, '../../../..');

/** What may be wrong with a file, with its place, and what to do about it. */
interface Problem {
  readonly line?: number;
  readonly key?: string;
  readonly problem: string;
  readonly remedy: string;
}

type Interpreted = { readonly problems: readonly Problem[] } | { readonly notices: readonly string[] };

function broker(text: string): Interpreted {
  const result = interpretBroker('broker.properties', text);
  return result.kind === 'problems' ? result : { notices: result.notices };
}

function agent(text: string): Interpreted {
  const result = interpretAgent({ file: 'agent.conf', text, platform: 'linux' });
  return result.kind === 'invalid' ? result : { notices: result.warnings };
}

export const abuse: Abuse = async (form) => [
  brokerKeys(),
  agentKeysOf(),
  neverThrows(form),
  tagFiles(form),
  ...programs(),
];

/** A value that no key of its kind can have. */
function wrongFor({ kind }: ConfigKey): string[] {
  switch (kind) {
    case 'boolean':
      return ['yes', '1', 'truth', 'true false'];
    case 'integer':
    case 'port':
      return ['ten', '1.5', '-99999999999', '99999999999', '0x10', '1e3', '١', '1 000'];
    case 'choice':
      return ['nonsense', 'true'];
    case 'absolute-path':
      return ['relative/path', './x'];
    case 'host':
    case 'host-list':
      return ['not a host', 'http://host', 'host:8443', '300.1.1.1'];
    default:
      return [];
  }
}

/** Every key empty, with a wrong value, and twice; on line 2, after a comment. */
function brokerKeys(): Finding {
  const wrong: string[] = [];
  let inputs = 0;
  const expectProblem = (text: string, line: number, name: string): void => {
    inputs += 1;
    const result = broker(text);
    const problems = 'problems' in result ? result.problems : [];
    const found = problems.find((one) => one.line === line && one.key === name);
    if (found === undefined) wrong.push(`${JSON.stringify(text)}: ${JSON.stringify(result).slice(0, 200)}`);
    else if (!isHelpful(found)) wrong.push(`${JSON.stringify(text)}: no help in ${JSON.stringify(found)}`);
  };
  for (const [name, key] of allKeys) {
    for (const value of wrongFor(key)) expectProblem(`# comment\n${name} = ${value}\n`, 2, name);
    const fine = key.kind === 'boolean' ? 'true' : String(key.default ?? '') || '1';
    expectProblem(`${name} = ${fine}\n\n${name} : ${fine}\n`, 3, name);
    if (key.default !== undefined && key.kind !== 'host-list') expectProblem(`${name} =\n`, 1, name);
  }
  for (const key of [' key\\u00', 'a = \\uZZZZ', 'nul = \0']) {
    inputs += 1;
    if (!('problems' in broker(key))) wrong.push(`${JSON.stringify(key)} is taken`);
  }
  const unknown = broker('enable-autorization = true\n');
  inputs += 1;
  const says = 'notices' in unknown ? unknown.notices.join('\n') : '';
  if (!says.includes('did you mean enable-authorization?')) wrong.push(`a misspelt key: ${says}`);
  return none('mistakes in the properties file without line, key and remedy', inputs, wrong);
}

function agentKeysOf(): Finding {
  const wrong: string[] = [];
  let inputs = 0;
  const good = "version = '0.1'\n[agent]\nbroker_host = 'broker'\n";
  const expectProblem = (text: string, key: string | undefined, line: number | undefined): void => {
    inputs += 1;
    const result = agent(text);
    const problems = 'problems' in result ? result.problems : [];
    const found = problems.find((one) => one.key === key && one.line === line);
    if (found === undefined) wrong.push(`${JSON.stringify(text)}: ${JSON.stringify(result).slice(0, 200)}`);
    else if (!isHelpful(found)) wrong.push(`${JSON.stringify(text)}: no help in ${JSON.stringify(found)}`);
  };
  const wrongValues = ['[]', '{ a = 1 }', '1979-05-27', 'nan', "''"];
  for (const name of Object.keys(agentKeys).filter((key) => key !== 'broker_host')) {
    for (const value of wrongValues) expectProblem(`${good}${name} = ${value}\n`, `agent.${name}`, 4);
    expectProblem(`${good}${name} = 1\n${name} = 1\n`, undefined, 5);
  }
  for (const name of Object.keys(logKeys)) {
    for (const value of wrongValues) expectProblem(`${good}[log]\n${name} = ${value}\n`, `log.${name}`, 5);
  }
  expectProblem("version = '0.1'\n[agent]\n", 'agent.broker_host', undefined);
  expectProblem("[agent]\nbroker_host = 'b'\n", 'version', undefined);
  expectProblem(`agent = 1\nversion = '0.1'\n`, 'agent', undefined);
  for (const broken of ['[agent', '= 1', 'a = ', '[agent]\n[agent]', 'a = "\\x"', '\0', 'a.b = 1\na = 2']) {
    inputs += 1;
    const result = agent(broken);
    if (!('problems' in result) || !result.problems.every(isHelpful)) wrong.push(JSON.stringify(broken));
  }
  const unknown = agent(`${good}broker_hots = 'x'\n`);
  inputs += 1;
  if (!('notices' in unknown) || !unknown.notices.join().includes('agent.conf:4'))
    wrong.push('an unknown key');
  return none('mistakes in agent.conf without key, line where it has one, and remedy', inputs, wrong);
}

function isHelpful({ problem, remedy }: Problem): boolean {
  return problem.length > 3 && remedy.length > 3;
}

/** Edge cases of the two forms, in any order, and anything else. */
function anyText(form: Form, count: number): string[] {
  const piece = fc.constantFrom(
    ..."key = value|[agent]|[[agent]]|version = |'0.1'|\"\"\"|'''|\\|\\\n|\\u0041|\\uD800|\r|\n|\t|#|!|=|:| |\uFEFF|\0|{|}|[|]|,|1e999|-nan|inf|1979-05-27T07:32:00Z|0o7|0b1|\u2028|broker_host|agent.broker_port|log-level".split(
      '|',
    ),
  );
  const text = fc.oneof(
    fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
    fc.string({ unit: 'binary', maxLength: 200 }),
  );
  return fc.sample(text, { numRuns: count, seed: form.seed });
}

function neverThrows(form: Form): Finding {
  const texts = anyText(form, howMany(form, 50_000, 1000));
  const outcomes = new Tally();
  const wrong: string[] = [];
  for (const text of texts) {
    for (const interpret of [broker, agent]) {
      try {
        const result = interpret(text);
        outcomes.add('problems' in result ? 'refused' : 'taken');
        if ('problems' in result && !result.problems.every(isHelpful))
          wrong.push(`${JSON.stringify(text)}: no help`);
      } catch (error) {
        wrong.push(`${JSON.stringify(text)}: ${String(error)}`);
      }
    }
  }
  return none(
    'files of any content that crash it or are refused without help',
    2 * texts.length,
    wrong,
    outcomes.toString(),
  );
}

function tagFiles(form: Form): Finding {
  const texts = anyText(form, howMany(form, 50_000, 1000));
  const outcomes = new Tally();
  const wrong: string[] = [];
  for (const text of texts) {
    try {
      const { tags, warnings } = mergeTags([{ name: 'a.toml', text }]);
      outcomes.add(warnings.length > 0 ? 'named in a warning' : 'taken');
      if (tags.some(({ key, value }) => key.startsWith('dcv:') || value.length > 1024))
        wrong.push(JSON.stringify(text));
      if (warnings.some((warning) => !warning.includes('a.toml')))
        wrong.push(`${JSON.stringify(text)}: no file named`);
    } catch (error) {
      wrong.push(`${JSON.stringify(text)}: ${String(error)}`);
    }
  }
  return none(
    'tag files of any content that crash it or let something through',
    texts.length,
    wrong,
    outcomes.toString(),
  );
}

/** The built programs themselves: they end with 1 and say file, line, key and remedy. */
function programs(): Finding[] {
  const folder = mkdtempSync(join(tmpdir(), 'dcvsm-config-'));
  try {
    const brokerFile = join(folder, 'broker.properties');
    const agentFile = join(folder, 'agent.conf');
    const files: readonly (readonly [file: string, text: string, words: RegExp])[] = [
      [brokerFile, 'log-level = loud\n', /broker\.properties:1: log-level has the value "loud".+; write /],
      [
        brokerFile,
        '\nlog-level = info\nlog-level = info\n',
        /broker\.properties:3: log-level is set on line 2 .+; keep/,
      ],
      [agentFile, "version = '0.1'\n[agent]\n", /agent\.conf: agent\.broker_host is missing; set it to/],
      [agentFile, '[agent\n', /agent\.conf:1: is not TOML.+; write/],
    ];
    const wrong = files.flatMap(([file, text, words]) => {
      writeFileSync(file, text, { mode: 0o600 });
      const isBroker = file === brokerFile;
      const main = join(apps, isBroker ? 'broker' : 'agent', 'dist/main.js');
      const { status, stderr } = spawnSync(
        process.execPath,
        [main, ...(isBroker ? ['serve'] : []), '--config', file],
        { encoding: 'utf8', timeout: 20_000 },
      );
      return status === 1 && words.test(stderr)
        ? []
        : [`${text}: ended with ${status}: ${stderr.slice(0, 200)}`];
    });
    return [
      none(
        'starts of the built programs that are not refused with file, line, key and hint',
        files.length,
        wrong,
      ),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
