import type { Server, Session } from '@dcvsm/protocol';
import type { Column } from './table.js';

export const SESSION_COLUMNS: readonly Column<Session>[] = [
  { title: 'ID', cell: ({ Id }) => Id },
  { title: 'NAME', cell: ({ Name }) => Name },
  { title: 'OWNER', cell: ({ Owner }) => Owner },
  { title: 'TYPE', cell: ({ Type }) => Type },
  { title: 'STATE', cell: stateOf },
  { title: 'SERVER', cell: ({ Server: server }) => server?.Hostname ?? server?.Ip },
  { title: 'USERS', cell: ({ NumOfConnections }) => NumOfConnections },
  { title: 'CREATED', cell: ({ CreationTime }) => minutes(CreationTime) },
];

export const SERVER_COLUMNS: readonly Column<Server>[] = [
  { title: 'ID', cell: ({ Id }) => Id },
  { title: 'HOSTNAME', cell: ({ Hostname }) => Hostname },
  { title: 'ADDRESS', cell: ({ Ip, Port }) => (Ip === undefined ? undefined : `${Ip}:${Port ?? ''}`) },
  { title: 'AVAILABILITY', cell: availabilityOf },
  { title: 'CONSOLE', cell: ({ ConsoleSessionCount }) => ConsoleSessionCount },
  { title: 'VIRTUAL', cell: ({ VirtualSessionCount }) => VirtualSessionCount },
  { title: 'LOAD', cell: ({ Host: host }) => host?.CpuLoadAverage.OneMinute.toFixed(2) },
  { title: 'MEMORY', cell: memoryOf },
  { title: 'TAGS', cell: tagsOf },
];

export function stateOf({ State, Substate }: Session): string {
  return Substate === undefined ? State : `${State} (${Substate})`;
}

/** The reason says more than that it is unavailable. */
export function availabilityOf({ Availability, UnavailabilityReason }: Server): string | undefined {
  return UnavailabilityReason ?? Availability;
}

function memoryOf({ Host: host }: Server): string | undefined {
  if (host === undefined || host.Memory.TotalBytes === 0) return undefined;
  const { TotalBytes, UsedBytes } = host.Memory;
  return `${Math.round((UsedBytes / TotalBytes) * 100)}% of ${(TotalBytes / 2 ** 30).toFixed(1)} GiB`;
}

/** DCV's own tags are the same on most hosts, so only those of the site are shown. */
function tagsOf({ Tags = [] }: Server): string {
  return Tags.filter(({ Key }) => !Key.startsWith('dcv:'))
    .map(({ Key, Value }) => `${Key}=${Value}`)
    .join(' ');
}

function minutes(dateTime: string | undefined): string | undefined {
  return dateTime?.slice(0, 16).replace('T', ' ');
}
