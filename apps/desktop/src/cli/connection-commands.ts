import type { DcvRequest } from '../wire/request.js';
import { command, NOTHING } from './command.js';
import { connectionJson, endpointJson, printJson } from './json.js';
import { JSON_OPTION, operandsOf, wholeNumber } from './read-values.js';
import { connectionsText, endpointsText } from './session-text.js';

type Of<Name extends DcvRequest['command']> = Extract<DcvRequest, { command: Name }>;

export const listConnections = command<Of<'list-connections'>>({
  name: 'list-connections',
  operands: 'session',
  summary: 'List the clients that are connected to a session',
  options: [JSON_OPTION],
  ask: (parsed) => ({ command: 'list-connections', session: operandsOf(parsed, 'session id')[0] ?? '' }),
  show: (connections, { options }) => ({
    kind: 'text',
    text: options.has('json') ? printJson(connections.map(connectionJson)) : connectionsText(connections),
  }),
});

export const closeConnection = command<Of<'close-connection'>>({
  name: 'close-connection',
  operands: 'session connection',
  summary: 'Disconnect a client from a session',
  options: [],
  ask(parsed) {
    const [session = '', connection] = operandsOf(parsed, 'session id', 'connection id');
    return {
      command: 'close-connection',
      session,
      connection: wholeNumber(connection, 'the connection id') ?? 0,
    };
  },
  show: () => NOTHING,
});

export const listEndpoints = command<Of<'list-endpoints'>>({
  name: 'list-endpoints',
  operands: '',
  summary: 'List where the server takes clients',
  options: [JSON_OPTION],
  ask(parsed) {
    operandsOf(parsed);
    return { command: 'list-endpoints' };
  },
  show: (endpoints, { options }) => ({
    kind: 'text',
    text: options.has('json') ? printJson(endpoints.map(endpointJson)) : endpointsText(endpoints),
  }),
});
