import { parseLayout } from '../display/layout.js';
import type { DcvRequest } from '../wire/request.js';
import { command, NOTHING, type Caller } from './command.js';
import { printJson, sessionJson } from './json.js';
import type { Parsed } from './options.js';
import { JSON_OPTION, operandsOf, pathOf, required, SESSION_OPTION, storagePath } from './read-values.js';
import { sessionsText, sessionText } from './session-text.js';
import { UsageError } from './usage-error.js';

type Of<Name extends DcvRequest['command']> = Extract<DcvRequest, { command: Name }>;

export const closeSession = command<Of<'close-session'>>({
  name: 'close-session',
  operands: 'session',
  summary: 'Close a session',
  options: [],
  ask: (parsed) => ({ command: 'close-session', session: operandsOf(parsed, 'session id')[0] ?? '' }),
  show: () => NOTHING,
});

export const listSessions = command<Of<'list-sessions'>>({
  name: 'list-sessions',
  operands: '[session]',
  summary: 'List the sessions',
  options: [JSON_OPTION],
  ask: (parsed) => ({ command: 'list-sessions', session: operandsOf(parsed, 'session id?')[0] ?? null }),
  show: (sessions, { options }) => ({
    kind: 'text',
    text: options.has('json') ? printJson(sessions.map(sessionJson)) : sessionsText(sessions),
  }),
});

export const describeSession = command<Of<'describe-session'>>({
  name: 'describe-session',
  operands: 'session',
  summary: 'Describe a session',
  options: [JSON_OPTION],
  ask: (parsed) => ({ command: 'describe-session', session: operandsOf(parsed, 'session id')[0] ?? '' }),
  show: (session, { options }) => ({
    kind: 'text',
    text: options.has('json') ? printJson(sessionJson(session)) : sessionText(session),
  }),
});

export const setName = command<Of<'set-name'>>({
  name: 'set-name',
  operands: '',
  summary: 'Change the name of a session',
  options: [
    SESSION_OPTION,
    { name: 'name', value: 'NAME', summary: 'The new name, up to 256 characters' },
    { name: 'none', summary: 'Take the name away' },
  ],
  ask(parsed) {
    operandsOf(parsed);
    exactlyOne(parsed, ['name', 'none']);
    return {
      command: 'set-name',
      session: required(parsed, 'session'),
      name: parsed.options.get('name') ?? '',
    };
  },
  show: () => NOTHING,
});

export const setPermissions = command<Of<'set-permissions'>>({
  name: 'set-permissions',
  operands: '',
  summary: 'Change the permissions of a session',
  options: [
    SESSION_OPTION,
    { name: 'none', summary: 'Nobody may do anything' },
    { name: 'reset-builtin', summary: 'Only the owner may do everything' },
    { name: 'file', value: 'PATH', summary: 'A permissions file' },
  ],
  ask(parsed, caller) {
    operandsOf(parsed);
    const session = required(parsed, 'session');
    return { command: 'set-permissions', session, change: permissionsChange(parsed, caller) };
  },
  show: () => NOTHING,
});

export const setStorageRoot = command<Of<'set-storage-root'>>({
  name: 'set-storage-root',
  operands: 'path',
  summary: 'Change the storage folder of a session',
  options: [SESSION_OPTION],
  ask(parsed, caller) {
    const [path] = operandsOf(parsed, 'path');
    const session = required(parsed, 'session');
    return { command: 'set-storage-root', session, path: storagePath(path, caller) ?? '' };
  },
  show: () => NOTHING,
});

export const setDisplayLayout = command<Of<'set-display-layout'>>({
  name: 'set-display-layout',
  operands: 'WxH[+x+y][,WxH[+x+y]]...',
  summary: 'Change the size and place of the heads of a session',
  options: [SESSION_OPTION],
  ask(parsed) {
    const [text = ''] = operandsOf(parsed, 'display layout');
    const session = required(parsed, 'session');
    const heads = parseLayout(text);
    if (!heads)
      throw new UsageError(`'${text}' is no display layout; write it as 1024x768+0+0,800x600+1024+0`);
    return { command: 'set-display-layout', session, heads: [...heads] };
  },
  show: () => NOTHING,
});

function permissionsChange(parsed: Parsed, caller: Caller): Of<'set-permissions'>['change'] {
  const chosen = exactlyOne(parsed, ['none', 'reset-builtin', 'file']);
  if (chosen === 'none') return { kind: 'none' };
  if (chosen === 'reset-builtin') return { kind: 'reset' };
  return { kind: 'file', path: pathOf(parsed.options.get('file'), caller) ?? '' };
}

function exactlyOne(parsed: Parsed, names: readonly string[]): string {
  const [first, second] = names.filter((name) => parsed.options.has(name));
  if (first !== undefined && second === undefined) return first;
  throw new UsageError(`give exactly one of ${names.map((name) => `--${name}`).join(', ')}`);
}
