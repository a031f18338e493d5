import type { Server, Session } from '@dcvsm/protocol';
import { changes } from './changes.js';
import type { Look } from './look.js';
import { plain } from './paint.js';
import { screenLines } from './screen.js';

const server = (Id: string, fields: Partial<Server> = {}): Server => ({
  Id,
  Hostname: `${Id}.example`,
  Availability: 'AVAILABLE',
  ...fields,
});
const session = (Id: string, fields: Partial<Session> = {}): Session => ({
  Id,
  Name: `n-${Id}`,
  Owner: 'alice',
  Type: 'VIRTUAL',
  State: 'READY',
  ...fields,
});
const look = (servers: Server[], sessions: Session[]): Look => ({ atMs: 0, servers, sessions });
const screen = { columns: 100, rows: 20, paint: plain, title: 'T', problem: null };

it('shows sums, servers, and sessions with those first that change', () => {
  const lines = screenLines(
    look(
      [server('b', { Availability: 'UNAVAILABLE', UnavailabilityReason: 'SERVER_FULL' }), server('a')],
      [session('1', { State: 'DELETED' }), session('2'), session('3', { State: 'CREATING' })],
    ),
    screen,
  );
  expect(lines.slice(0, 3)).toEqual([
    'T',
    '2 servers: 1 AVAILABLE, 1 SERVER_FULL   3 sessions: 1 CREATING, 1 DELETED, 1 READY',
    '',
  ]);
  expect(lines.filter((line) => /example/.test(line)).map((line) => line[0])).toEqual(['a', 'b']);
  expect(lines.filter((line) => line.startsWith('n-')).map((line) => line[2])).toEqual(['3', '2', '1']);
});

it.each([
  [24, 80, 3, 50],
  [12, 40, 50, 3],
  [8, 20, 50, 50],
  [40, 200, 0, 0],
])('fits into %d lines of %d characters', (rows, columns, serverCount, sessionCount) => {
  const many = <Item>(count: number, make: (id: string) => Item): Item[] =>
    Array.from({ length: count }, (_, index) => make(String(index)));
  const now = look(
    many(serverCount, (id) => server(id)),
    many(sessionCount, (id) => session(id)),
  );
  const lines = screenLines(now, { ...screen, rows, columns, problem: 'no answer' });
  expect(lines.length).toBeLessThanOrEqual(rows);
  expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(columns);
  if (sessionCount > rows && rows > 10) expect(lines.at(-1)).toMatch(/^… and \d+ more/);
});

it('tells what changed, appeared and went, one line each', () => {
  const before = look([server('s')], [session('1', { State: 'CREATING' }), session('2'), session('3')]);
  const now = look(
    [server('s', { Availability: 'UNAVAILABLE', UnavailabilityReason: 'SERVER_CLOSED' })],
    [session('1', { Server: { Hostname: 'h' } }), session('2'), session('4', { StateReason: 'why\u001b' })],
  );
  const at = '1970-01-01T00:00:00.000Z';
  expect(changes(before, now)).toEqual([
    `${at} server s.example (s): AVAILABLE -> SERVER_CLOSED`,
    `${at} session n-1 of alice (1): CREATING -> READY on h`,
    `${at} session n-4 of alice (4): READY (why?)`,
    `${at} session n-3 of alice (3): READY -> not listed any more`,
  ]);
  expect(changes(now, now)).toEqual([]);
});
