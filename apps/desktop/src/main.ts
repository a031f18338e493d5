#!/usr/bin/env node
import { userInfo } from 'node:os';
import { fileURLToPath } from 'node:url';

/** Agents call the command often: its face loads neither the server nor the encoders nor the option parser. */
async function runCommandFace(stateDir: string, args: readonly string[]): Promise<number> {
  const { runDcv } = await import('./cli/run.js');
  return runDcv(args, {
    stateDir,
    user: userInfo().username,
    cwd: process.cwd(),
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
  });
}

async function runProgram(): Promise<void> {
  const { desktopProgram, failureText } = await import('./program.js');
  try {
    await desktopProgram(fileURLToPath(import.meta.url)).parseAsync();
  } catch (cause) {
    process.stderr.write(`dcv-desktop: ${failureText(cause)}\n`);
    process.exitCode = 1;
  }
}

const [face, option, stateDir, ...rest] = process.argv.slice(2);
if (face === 'cli' && option === '--state-dir' && stateDir !== undefined) {
  process.exitCode = await runCommandFace(stateDir, rest);
} else {
  await runProgram();
}
