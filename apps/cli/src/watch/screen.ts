import type { Server, Session } from '@dcvsm/protocol';
import { availabilityOf, SERVER_COLUMNS, SESSION_COLUMNS } from '../output/columns.js';
import type { Column } from '../output/table.js';
import { tableLines } from '../output/table.js';
import type { Look } from './look.js';
import type { Paint } from './paint.js';

export interface Screen {
  readonly columns: number;
  readonly rows: number;
  readonly paint: Paint;
  /** The first line. */
  readonly title: string;
  /** Why the look is not of now. */
  readonly problem: string | null;
}

/** The order of states: what is about to change first, what is over last. */
const STATE_ORDER = ['CREATING', 'UNKNOWN', 'READY', 'DELETING', 'DELETED'];

/** The lines that show a look on a terminal: as many as fit, each no wider than the terminal. */
export function screenLines(now: Look, screen: Screen): string[] {
  const { paint } = screen;
  const servers = [...now.servers].sort((a, b) => (a.Hostname ?? '').localeCompare(b.Hostname ?? ''));
  const sessions = [...now.sessions].sort(bySessionState);
  const head = [
    paint('bold', cut(screen.title, screen.columns)),
    cut(summary(now), screen.columns),
    ...(screen.problem === null ? [] : [paint('red', cut(screen.problem, screen.columns))]),
    '',
  ];
  const room = Math.max(4, screen.rows - head.length - 1);
  // Sessions are what people watch; servers get what is left of half the screen, or more where there are few sessions.
  const serverRoom = Math.max(Math.floor(room / 2), room - sessions.length - 2);
  const serverLines = block(idLast(SERVER_COLUMNS), servers, {
    ...screen,
    room: serverRoom,
    colourOf: serverColour,
  });
  const left = room - serverLines.length - 1;
  const sessionLines = block(idLast(SESSION_COLUMNS), sessions, {
    ...screen,
    room: left,
    colourOf: sessionColour,
  });
  return [...head, ...serverLines, '', ...sessionLines].slice(0, screen.rows);
}

/** Ids are long and seldom looked at, so they may be what does not fit. */
function idLast<Row>([id, ...others]: readonly Column<Row>[]): readonly Column<Row>[] {
  return id === undefined ? others : [...others, id];
}

interface Block<Row> {
  readonly columns: number;
  readonly paint: Paint;
  readonly room: number;
  readonly colourOf: (row: Row) => Parameters<Paint>[0];
}

function block<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { columns: width, paint, room, colourOf }: Block<Row>,
): string[] {
  const fits = rows.length + 1 <= room ? rows.length : Math.max(0, room - 2);
  const shown = rows.slice(0, fits);
  const [titles = '', ...lines] = tableLines(columns, shown).map((line) => cut(line, width));
  const more = rows.length > fits ? [paint('dim', `… and ${rows.length - fits} more`)] : [];
  return [
    paint('dim', titles),
    ...lines.map((line, index) => {
      const row = shown[index];
      return row === undefined ? line : paint(colourOf(row), line);
    }),
    ...more,
  ];
}

function summary({ servers, sessions }: Look): string {
  return `${counted(
    servers.length,
    'server',
    servers.map((server) => availabilityOf(server) ?? 'UNKNOWN'),
  )}   ${counted(
    sessions.length,
    'session',
    sessions.map(({ State }) => State),
  )}`;
}

function counted(total: number, thing: string, kinds: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const each = [...counts].sort().map(([kind, count]) => `${count} ${kind}`);
  return `${total} ${thing}${total === 1 ? '' : 's'}${each.length === 0 ? '' : `: ${each.join(', ')}`}`;
}

function bySessionState(a: Session, b: Session): number {
  const order = STATE_ORDER.indexOf(a.State) - STATE_ORDER.indexOf(b.State);
  return order === 0 ? (b.CreationTime ?? '').localeCompare(a.CreationTime ?? '') : order;
}

function serverColour({ Availability, UnavailabilityReason }: Server): Parameters<Paint>[0] {
  if (Availability === 'AVAILABLE') return 'green';
  return UnavailabilityReason?.startsWith('UN') === true ? 'red' : 'yellow';
}

function sessionColour({ State }: Session): Parameters<Paint>[0] {
  switch (State) {
    case 'READY':
      return 'green';
    case 'UNKNOWN':
      return 'red';
    case 'DELETED':
      return 'dim';
    default:
      return 'yellow';
  }
}

function cut(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`;
}
