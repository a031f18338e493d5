import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { constants, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, win32 } from 'node:path';
import { systemClock } from '@dcvsm/runtime';
import fc from 'fast-check';
import { checkFile, type CheckedFile } from '../../../../agent/src/work/check-file.js';
import { refuseRelativePath } from '../../../../agent/src/work/relative-path.js';
import { TestBroker } from '../../../../agent/test/test-broker.js';
import { create, TestHost } from '../../../../agent/test/test-agent.js';
import { howMany, none, Tally, type Abuse, type Finding, type Form } from '../abuse-case.js';

const clock = systemClock();
const INSIDE = '#!/bin/sh\n# inside\n';
const OUTSIDE = '#!/bin/sh\n# outside\n';

/** What has been tried to leave a folder with, on any system. */
const STEPS = (
  '.. . ... .... %2e%2e %252e%252e ..%2f ..%5c %c0%ae%c0%ae ..; ．． ‥ ..\0 ..\n \t.. ..\u00a0 ~ $HOME `pwd` ${PWD} C: c:.. ' +
  '\\\\?\\C: \\\\host\\share file: proc dev CON nul.txt aux COM1 lpt1.sh a:stream start.sh::$DATA -rf --help sub link-out ' +
  'dir-out link-in \ud800 \u202e..'
).split(' ');
const TARGETS = [
  'outside.sh',
  'etc/passwd',
  'bin/sh',
  'start.sh',
  '',
  '.',
  'proc/self/root/bin/sh',
  'x'.repeat(300),
];
const BETWEEN = ['/', '\\', '//', '/./', '\\/', '%2f', '\0', ''];

function fileNames(form: Form): string[] {
  const name = fc
    .tuple(
      fc.constantFrom('', '', '/', '\\', '//'),
      fc.array(fc.constantFrom(...STEPS), { maxLength: 8 }),
      fc.constantFrom(...TARGETS),
      fc.constantFrom(...BETWEEN),
    )
    .map(([start, steps, target, between]) => start + [...steps, target].join(between));
  const single = STEPS.flatMap((step) => [step, `${step}/outside.sh`, `sub/${step}/../../outside.sh`]);
  return [...single, ...fc.sample(name, { numRuns: howMany(form, 2000, 300), seed: form.seed })];
}

export const abuse: Abuse = async (form) => {
  const folders = new Folders();
  try {
    return [
      await onTheFolder(folders, fileNames(form)),
      onWindows(fileNames(form)),
      await throughTheAgent(fileNames(form).slice(0, howMany(form, 700, 60))),
      await swappedLink(folders, form),
      await swappedFolder(folders, form),
    ];
  } finally {
    folders.remove();
  }
};

/** `<root>/init` with scripts and links; `<root>/outside.sh` is what nobody may reach. */
class Folders {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'dcvsm-names-')));
  readonly init = join(this.root, 'init');

  constructor() {
    mkdirSync(join(this.init, 'sub'), { recursive: true, mode: 0o755 });
    this.script(join(this.root, 'outside.sh'), OUTSIDE);
    this.script(join(this.init, 'start.sh'), INSIDE);
    this.script(join(this.init, 'sub', 'start.sh'), INSIDE);
    symlinkSync('../outside.sh', join(this.init, 'link-out'));
    symlinkSync('..', join(this.init, 'dir-out'));
    symlinkSync('sub/start.sh', join(this.init, 'link-in'));
  }

  script(path: string, content: string): void {
    writeFileSync(path, content);
    chmodSync(path, 0o755);
  }

  check(path: string): Promise<CheckedFile> {
    return checkFile({ folder: this.init, path, what: 'InitFile', platform: 'linux' });
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

async function onTheFolder(folders: Folders, names: readonly string[]): Promise<Finding> {
  const outcomes = new Tally();
  const escapes: string[] = [];
  for (const name of names) {
    const checked = await folders.check(name);
    outcomes.add(checked.kind);
    if (checked.kind === 'accepted' && !realpathSync(checked.path).startsWith(`${folders.init}/`))
      escapes.push(name);
  }
  return none('escapes on Linux, with links on the disk', names.length, escapes, outcomes.toString());
}

function onWindows(names: readonly string[]): Finding {
  const folder = 'C:\\agent\\init';
  const outcomes = new Tally();
  const escapes = names.filter((name) => {
    const isAccepted = refuseRelativePath(name, 'windows') === null;
    outcomes.add(isAccepted ? 'accepted' : 'refused');
    return isAccepted && !win32.resolve(folder, name).startsWith(`${folder}\\`);
  });
  return none('escapes by the rules of Windows', names.length, escapes, outcomes.toString());
}

/** A whole agent with the stand-in of the dcv command: what counts is what DCV would have been told to run. */
async function throughTheAgent(names: readonly string[]): Promise<Finding> {
  const broker = await TestBroker.start({ heartbeatMs: 60_000 });
  const host = new TestHost();
  const wrong: string[] = [];
  const outcomes = new Tally();
  try {
    symlinkSync('/bin', join(host.folder, 'init', 'dir-out'));
    symlinkSync('/bin/sh', join(host.folder, 'init', 'link-out'));
    const hello = broker.nextHello();
    await host.start(broker.port);
    await hello;
    for (const [index, name] of names.entries()) {
      const outcome = await broker.order(`c${index}`, create(`s${index}`, { initFile: name }));
      outcomes.add(outcome.kind);
      if (outcome.kind !== 'failed') wrong.push(`${JSON.stringify(name)}: ${outcome.kind}`);
    }
    wrong.push(...host.calls('create-session'));
  } finally {
    await host.dispose();
    await broker.vanish();
  }
  return none('commands that reach DCV through an agent', names.length, wrong, outcomes.toString());
}

/** A link that its owner turns from one script to another, to and fro, while it is checked and then opened. */
async function swappedLink(folders: Folders, form: Form): Promise<Finding> {
  const swap = swapping(`
    const [link, spare] = ['${folders.init}/turning', '${folders.init}/turning-spare'];
    for (;;) for (const target of ['start.sh', '../outside.sh']) {
      fs.rmSync(spare, { force: true });
      fs.symlinkSync(target, spare);
      fs.renameSync(spare, link);
    }`);
  return swap(async () => {
    const escapes: string[] = [];
    const outcomes = new Tally();
    const checks = howMany(form, 5000, 300);
    for (let count = 0; count < checks; count += 1) {
      const checked = await folders.check('turning');
      outcomes.add(checked.kind === 'refused' ? checked.reason.replace(/ \/.*/, '') : 'accepted');
      if (checked.kind === 'accepted' && (await contentOf(checked.path)) !== INSIDE)
        escapes.push(checked.path);
    }
    return none(
      'escapes by a link that is swapped between check and open',
      checks,
      escapes,
      outcomes.toString(),
    );
  });
}

/** Whoever can write to a folder can swap whole folders; so nothing in such a one is accepted at all. */
async function swappedFolder(folders: Folders, form: Form): Promise<Finding> {
  const shared = join(folders.init, 'shared');
  mkdirSync(join(shared, 'good'), { recursive: true });
  chmodSync(shared, 0o777);
  folders.script(join(shared, 'good', 'outside.sh'), INSIDE);
  const swap = swapping(`
    const [now, good, spare] = ['now', 'good', 'link'].map((name) => '${shared}/' + name);
    fs.symlinkSync('../..', spare);
    for (;;) {
      for (const which of [good, spare]) {
        fs.renameSync(which, now);
        fs.renameSync(now, which);
      }
    }`);
  return swap(async () => {
    const escapes: string[] = [];
    const outcomes = new Tally();
    const checks = howMany(form, 5000, 300);
    for (let count = 0; count < checks; count += 1) {
      const checked = await folders.check('shared/now/outside.sh');
      outcomes.add(checked.kind === 'refused' ? checked.reason.replace(/ \/.*/, '') : 'accepted');
      if (checked.kind === 'accepted') escapes.push(checked.path);
    }
    return none('scripts accepted where others can swap folders', checks, escapes, outcomes.toString());
  });
}

async function contentOf(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/** Runs `work` while another process runs the script over and over. */
function swapping(script: string): (work: () => Promise<Finding>) => Promise<Finding> {
  return async (work) => {
    const child = spawn(process.execPath, ['-e', `const fs = require('node:fs');${script}`], {
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    try {
      // Until the other process has begun there is nothing to be found at all.
      await clock.sleep(300);
      if (child.exitCode !== null) throw new Error('the process that swaps ended by itself');
      return await work();
    } finally {
      child.kill('SIGKILL');
      await ended;
    }
  };
}
