#!/usr/bin/env node
/** Writes the commands and options of dcvsm into docs/cli.md; with --check only says whether they differ. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as prettier from 'prettier';
import { build } from './build.mjs';

const [BEGIN, END] = ['<!-- commands:begin -->', '<!-- commands:end -->'];

build('@dcvsm/cli...');
const { cliProgram } = await import('../apps/cli/dist/program.js');
const file = fileURLToPath(new URL('../docs/cli.md', import.meta.url));
const page = readFileSync(file, 'utf8');
const [before, rest = ''] = page.split(BEGIN);
const [, after] = rest.split(END);
if (after === undefined) throw new Error(`docs/cli.md lacks ${BEGIN} or ${END}`);

const fresh = await prettier.format(`${before}${BEGIN}\n\n${reference()}\n${END}${after}`, {
  ...(await prettier.resolveConfig(file)),
  filepath: file,
});

if (!process.argv.includes('--check')) {
  writeFileSync(file, fresh);
} else if (fresh !== page) {
  console.error('docs/cli.md is not what the commands say. Run: npm run cli-reference');
  process.exit(1);
}

function reference() {
  const program = cliProgram({ version: '', stdout: process.stdout, stderr: process.stderr });
  const common = `### Common options\n\nBefore the command, or behind it.\n\n${table(program)}`;
  return [common, ...program.commands.map(section)].join('\n');
}

function section(command) {
  let example = '';
  command.configureOutput({ writeOut: (text) => (example += text) }).outputHelp();
  const [, line = ''] = example.split('Example:\n');
  const shown = line.trim() === '' ? '' : `\n\`\`\`sh\n${line.trim()}\n\`\`\`\n`;
  return `### ${command.name()}\n\n${command.description()}\n${table(command)}${shown}`;
}

function table(command) {
  const help = command.createHelp();
  const rows = help
    .visibleOptions(command)
    .filter(({ long }) => long !== '--help')
    .map((option) => `| ${code(option.flags)} | ${cell(help.optionDescription(option))} |`);
  const args = help
    .visibleArguments(command)
    .map((one) => `| ${code(`<${one.name()}>`)} | ${cell(one.description)} |`);
  if (rows.length + args.length === 0) return '';
  return `\n<!-- prettier-ignore -->\n| Option | Meaning |\n| --- | --- |\n${[...args, ...rows].join('\n')}\n`;
}

function code(text) {
  return `\`${cell(text)}\``;
}

function cell(text) {
  return text.replaceAll('|', '\\|');
}
