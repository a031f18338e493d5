import type { SessionFacts } from '../wire/answer.js';
import { connectionJson, dateTime, printJson, sessionJson } from './json.js';
import { sessionsText } from './session-text.js';

const CREATED_AT_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 6);

const session: SessionFacts = {
  id: 's1',
  owner: 'ann',
  user: 'ann',
  name: 'a "b": c',
  type: 'virtual',
  connections: 2,
  createdAtMs: CREATED_AT_MS,
  lastDisconnectedAtMs: null,
  storageRoot: '',
  xDisplay: ':2',
  xAuthority: '/run/x',
  layout: [{ width: 800, height: 600, x: 0, y: 0 }],
};

describe('what the dcv command prints', () => {
  it('has the keys of a DCV session', () => {
    expect(sessionJson(session)).toEqual({
      id: 's1',
      owner: 'ann',
      user: 'ann',
      name: 'a "b": c',
      'num-of-connections': 2,
      'creation-time': '2026-01-02T03:04:05.006000Z',
      'last-disconnection-time': '',
      'licensing-mode': 'DEMO',
      licenses: [
        {
          product: 'dcv',
          status: 'licensed',
          'check-timestamp': '2026-01-02T03:04:05.006000Z',
          'expiration-date': '2026-02-01T03:04:05.006000Z',
        },
      ],
      'storage-root': '',
      type: 'virtual',
      status: 'created',
      'x11-display': ':2',
      'x11-authority': '/run/x',
      'display-layout': [{ width: 800, height: 600, x: 0, y: 0 }],
    });
  });

  it('has the keys of a DCV connection', () => {
    const times = {
      connectedAtMs: CREATED_AT_MS,
      lastInteractionAtMs: CREATED_AT_MS,
      firstFrameAtMs: CREATED_AT_MS,
    };
    expect(connectionJson({ id: 3, username: 'ann', ...times })).toMatchObject({
      id: 3,
      username: 'ann',
      transport: 'websocket',
      'connection-time': dateTime(CREATED_AT_MS),
      'last-interaction-time': dateTime(CREATED_AT_MS),
      'first-frame-time': dateTime(CREATED_AT_MS),
    });
  });

  it('puts a space before the colon of keys and leaves values alone', () => {
    expect(printJson({ name: 'a "b": c', list: ['x": '] })).toBe(
      '{\n  "name" : "a \\"b\\": c",\n  "list" : [\n    "x\\": "\n  ]\n}\n',
    );
    expect(JSON.parse(printJson(sessionJson(session)))).toEqual(sessionJson(session));
  });

  it('lists sessions line by line, and nothing when there are none', () => {
    expect(sessionsText([session])).toBe(`Session: 's1' (owner:ann type:virtual name:'a "b": c')\n`);
    expect(sessionsText([])).toBe('');
  });
});
