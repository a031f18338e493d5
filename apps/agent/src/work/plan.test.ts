import type { Command, CommandOf, HostSession } from '@dcvsm/protocol';
import { plan, planUndoCreate, type Situation } from './plan.js';
import { sessionPaths } from './session-files.js';
import type { Step, StepKind } from './steps.js';

const session: HostSession = { id: 's-1', name: 'n', owner: 'alice', type: 'VIRTUAL', connections: 0 };
const create: CommandOf<'create-session'> = {
  kind: 'create-session',
  sessionId: 's-1',
  name: 'n',
  owner: 'alice',
  type: 'VIRTUAL',
};
const situation: Situation = {
  platform: 'linux',
  sessions: [],
  paths: sessionPaths('/data', 's-1'),
  defaultInit: '/etc/dcv/dcvsessioninit',
};
const init = { kind: 'accepted', path: '/init/start.sh' } as const;
const autorun = { kind: 'accepted', path: '/autorun/cad' } as const;

function expectSteps(
  command: Command,
  seen: Partial<Situation>,
  kinds: readonly StepKind[],
): readonly Step[] {
  const steps = plan(command, { ...situation, ...seen });
  expect(steps.map(({ kind }) => kind)).toEqual(kinds);
  return steps;
}

function expectFailure(
  command: Command,
  seen: Partial<Situation>,
  words: string,
  sessionMissing = true,
): void {
  const [step] = expectSteps(command, seen, ['answer']);
  expect(step).toMatchObject({
    outcome: { kind: 'failed', reason: expect.stringContaining(words), sessionMissing },
  });
}

function createStep(steps: readonly Step[]): Step & { kind: 'dcv-create' } {
  return steps.find((step) => step.kind === 'dcv-create')!;
}

describe('the plan for create-session', () => {
  it('creates and describes', () => {
    const steps = expectSteps(create, {}, ['dcv-create', 'dcv-describe']);
    expect(createStep(steps).arguments).toMatchObject({
      sessionId: 's-1',
      init: undefined,
      permissionsFile: undefined,
    });
  });

  it('does nothing when the session is there already', () => {
    const [step] = expectSteps(create, { sessions: [session] }, ['answer']);
    expect(step).toEqual({ kind: 'answer', outcome: { kind: 'created', session } });
  });

  it('is not misled by other sessions', () => {
    expectSteps(create, { sessions: [{ ...session, id: 's-2' }] }, ['dcv-create', 'dcv-describe']);
  });

  it('writes the permissions first', () => {
    const steps = expectSteps({ ...create, permissionsFile: 'eA==' }, {}, [
      'write-file',
      'dcv-create',
      'dcv-describe',
    ]);
    expect(steps[0]).toMatchObject({
      path: situation.paths.permissions,
      content: 'eA==',
      encoding: 'base64',
    });
    expect(createStep(steps).arguments.permissionsFile).toBe(situation.paths.permissions);
  });

  it('gives DCV the InitFile as it is', () => {
    const steps = expectSteps({ ...create, initFile: 'start.sh' }, { initFile: init }, [
      'dcv-create',
      'dcv-describe',
    ]);
    expect(createStep(steps).arguments.init).toBe('/init/start.sh');
  });

  it('starts an AutorunFile with a script that goes on to the InitFile', () => {
    const command = { ...create, initFile: 'start.sh', autorunFile: 'cad', autorunFileArguments: ['a b'] };
    const steps = expectSteps(command, { initFile: init, autorunFile: autorun }, [
      'write-file',
      'dcv-create',
      'dcv-describe',
    ]);
    expect(steps[0]).toMatchObject({
      mode: 0o755,
      content: expect.stringContaining("'/autorun/cad' 'a b' &\nexec '/init/start.sh'"),
    });
    expect(createStep(steps).arguments.init).toBe(situation.paths.initScript);
  });

  it('goes on to the default desktop where there is no InitFile', () => {
    const [script] = plan({ ...create, autorunFile: 'cad' }, { ...situation, autorunFile: autorun });
    expect(script).toMatchObject({ content: expect.stringContaining("exec '/etc/dcv/dcvsessioninit'") });
  });

  it('refuses files that did not pass the check', () => {
    const refused = { kind: 'refused', reason: 'InitFile leads outside' } as const;
    expectFailure({ ...create, initFile: 'x' }, { initFile: refused }, 'leads outside');
    expectFailure({ ...create, autorunFile: 'x' }, { autorunFile: refused }, 'leads outside');
  });

  it('refuses what the platform or the type cannot do', () => {
    expectFailure({ ...create, type: 'CONSOLE', initFile: 'x' }, { initFile: init }, 'virtual session');
    expectFailure(
      { ...create, type: 'CONSOLE', autorunFile: 'x' },
      { autorunFile: autorun },
      'virtual session',
    );
    expectFailure({ ...create, type: 'VIRTUAL' }, { platform: 'windows' }, 'Linux host');
    expectFailure({ ...create, type: 'CONSOLE', initFile: 'x' }, { platform: 'windows' }, 'InitFile');
    expectFailure({ ...create, type: 'CONSOLE', autorunFile: 'x' }, { platform: 'windows' }, 'not possible');
  });

  it('refuses arguments that no program can be given', () => {
    const command = { ...create, autorunFile: 'cad', autorunFileArguments: ['a\0b'] };
    expectFailure(command, { autorunFile: autorun }, 'NUL');
  });

  it('takes back what a failed one left', () => {
    expect(planUndoCreate('s-1', []).map(({ kind }) => kind)).toEqual(['forget-files']);
    expect(planUndoCreate('s-1', [session]).map(({ kind }) => kind)).toEqual([
      'dcv-close',
      'confirm-gone',
      'forget-files',
    ]);
  });
});

describe('the plan for delete-session', () => {
  const command: Command = { kind: 'delete-session', sessionId: 's-1' };

  it('closes, makes sure, and removes the files', () => {
    expectSteps(command, { sessions: [session] }, ['dcv-close', 'confirm-gone', 'forget-files', 'answer']);
  });

  it('has nothing to close when the session is gone', () => {
    const steps = expectSteps(command, {}, ['forget-files', 'answer']);
    expect(steps.at(-1)).toEqual({ kind: 'answer', outcome: { kind: 'deleted' } });
  });
});

describe('the plans for a session that has to be there', () => {
  const permissions: Command = { kind: 'set-permissions', sessionId: 's-1', permissionsFile: 'eA==' };
  const picture: Command = {
    kind: 'take-screenshot',
    sessionId: 's-1',
    maxWidth: 8,
    maxHeight: 6,
    format: 'png',
  };

  it('say that it is missing', () => {
    expectFailure(permissions, {}, 'does not exist');
    expectFailure(picture, {}, 'does not exist');
  });

  it('set the permissions from a file', () => {
    expectSteps(permissions, { sessions: [session] }, ['write-file', 'dcv-set-permissions', 'answer']);
  });

  it('take a picture', () => {
    expectSteps(picture, { sessions: [session] }, ['dcv-screenshot']);
  });
});
