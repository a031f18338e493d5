import { formatLayout } from '../display/layout.js';
import type { ConnectionFacts, EndpointFacts, SessionFacts } from '../wire/answer.js';
import { dateTime } from './json.js';

const line = ({ id, owner, type, name }: SessionFacts): string =>
  `Session: '${id}' (owner:${owner} type:${type} name:'${name}')\n`;

export const sessionsText = (sessions: readonly SessionFacts[]): string => sessions.map(line).join('');

export function sessionText(session: SessionFacts): string {
  const entries = {
    owner: session.owner,
    user: session.user,
    name: session.name,
    type: session.type,
    'num of connections': session.connections,
    'creation time': dateTime(session.createdAtMs),
    'last disconnection time': dateTime(session.lastDisconnectedAtMs),
    'storage root': session.storageRoot,
    'x display': session.xDisplay,
    'x authority': session.xAuthority,
    'display layout': formatLayout(session.layout),
  };
  return [
    `Session: ${session.id}`,
    ...Object.entries(entries).map(([key, value]) => `    ${key}: ${value}`),
    '',
  ].join('\n');
}

export function connectionsText(connections: readonly ConnectionFacts[]): string {
  return connections
    .map(
      ({ id, username, connectedAtMs }) =>
        `Connection: ${id} (user:${username} since:${dateTime(connectedAtMs)})\n`,
    )
    .join('');
}

export function endpointsText(endpoints: readonly EndpointFacts[]): string {
  return endpoints
    .map(
      ({ protocol, ipAddress, port, webUrlPath }) =>
        `Endpoint: ${protocol} ${ipAddress}:${port} ${webUrlPath}\n`,
    )
    .join('');
}
