import { HostSession } from '@dcvsm/protocol';
import fc from 'fast-check';
import { parseSessionDescription, parseSessionList, parseTime } from './parse-session.js';

const sessionsOf = (output: string): readonly HostSession[] => {
  const list = parseSessionList(output);
  if (list.kind === 'unreadable') throw new Error(list.problem);
  return list.value;
};

describe('parseSessionList', () => {
  it('reads JSON with every field', () => {
    const output = `[ { "id" : "s-1", "owner" : "alice", "user" : "alice", "name" : "CAD",
      "num-of-connections" : 2, "creation-time" : "2019-05-13T13:21:19.262883Z",
      "last-disconnection-time" : "2020-03-02T16:08:50Z", "licensing-mode" : "DEMO", "status" : "created",
      "licenses" : [ { "product" : "dcv", "status" : "LICENSED" } ], "storage-root" : "/home/alice/storage",
      "type" : "virtual", "x11-display" : ":2", "display-layout" : [ { "width" : 800 } ] } ]`;
    expect(sessionsOf(output)).toEqual([
      {
        id: 's-1',
        name: 'CAD',
        owner: 'alice',
        type: 'VIRTUAL',
        connections: 2,
        createdAt: '2019-05-13T13:21:19.262Z',
        lastDisconnectedAt: '2020-03-02T16:08:50.000Z',
        storageRoot: '/home/alice/storage',
      },
    ]);
  });

  it('does without fields that a server leaves out, and takes an empty date for never', () => {
    expect(
      sessionsOf('[{"id":"console","owner":"ubuntu","type":"console","last-disconnection-time":""}]'),
    ).toEqual([{ id: 'console', name: '', owner: 'ubuntu', type: 'CONSOLE', connections: 0 }]);
  });

  it.each([
    ["Session: 's-1' (owner:alice type:virtual name:'my (own) session')", 's-1'],
    ["Session: s-1 (owner:alice type:virtual name:'my (own) session')", 's-1'],
    ["Session: 's 1' (owner:alice type:virtual name:'my (own) session')\n", 's 1'],
  ])('reads the text form %s', (output, id) => {
    expect(sessionsOf(output)).toEqual([
      { id, name: 'my (own) session', owner: 'alice', type: 'VIRTUAL', connections: 0 },
    ]);
  });

  it.each(['', '\n', '[]', 'There are no sessions available.'])('takes %j for no sessions', (output) => {
    expect(sessionsOf(output)).toEqual([]);
  });

  it.each(['Could not connect to the server', '{"error":"x"}', '42', '[{"name":"no id"}]', '[{', 'null'])(
    'does not take %j for an empty list',
    (output) => {
      expect(parseSessionList(output).kind).toBe('unreadable');
    },
  );

  it('never throws, and what it reads fits the wire', () => {
    const field = fc.constantFrom(
      'id',
      'owner',
      'name',
      'type',
      'num-of-connections',
      'creation-time',
      'storage-root',
      '__proto__',
    );
    const session = fc.dictionary(
      field,
      fc.oneof(fc.string(), fc.double(), fc.constant(null), fc.jsonValue()),
    );
    const output = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(session).map((list) => JSON.stringify(list)),
      fc.string().map((text) => `Session: '${text}' (owner:${text} type:virtual name:'${text}')`),
    );
    fc.assert(
      fc.property(output, (text) => {
        const list = parseSessionList(text);
        if (list.kind === 'parsed') for (const found of list.value) HostSession.parse(found);
        parseSessionDescription(text, 'x');
      }),
      { numRuns: 2000 },
    );
  });

  it('reads a hostile line in time that does not explode', () => {
    const line = `Session: 'x' (owner:${'type:'.repeat(100_000)})`;
    expect(parseSessionList(line).kind).toBe('unreadable');
  });
});

describe('parseSessionDescription', () => {
  it('reads JSON', () => {
    expect(
      parseSessionDescription('{ "id" : "s-1", "owner" : "alice", "type" : "virtual" }', 's-1'),
    ).toMatchObject({
      value: { id: 's-1', owner: 'alice', type: 'VIRTUAL' },
    });
  });

  it('reads text', () => {
    const output = 'Session:\n\towner: alice\n\tname: my session\n\tx display: :1\n\ttype: virtual\n';
    expect(parseSessionDescription(output, 's-1')).toMatchObject({
      value: { id: 's-1', owner: 'alice', name: 'my session', type: 'VIRTUAL' },
    });
  });
});

describe('parseTime', () => {
  it.each([
    ['2020-03-02T16:08:50Z', '2020-03-02T16:08:50.000Z'],
    ['2020-03-02T16:08:50.1Z', '2020-03-02T16:08:50.100Z'],
    ['2020-03-02T16:08:50.123456Z', '2020-03-02T16:08:50.123Z'],
    ['2020-03-02T16:08:50.123456789Z', '2020-03-02T16:08:50.123Z'],
    ['2020-03-02T17:08:50+01:00', '2020-03-02T16:08:50.000Z'],
    ['2020-03-02T16:08:50', '2020-03-02T16:08:50.000Z'],
  ])('reads %s', (text, iso) => expect(parseTime(text)).toBe(iso));

  it.each(['', 'never', '2020-13-45T99:99:99Z', '1583165330'])('knows that %j is no time', (text) =>
    expect(parseTime(text)).toBeUndefined(),
  );
});
