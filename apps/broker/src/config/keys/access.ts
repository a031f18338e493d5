import type { KeyTable } from '../config-key.js';
import { implemented } from '../config-key.js';

export const accessKeys = {
  'enable-authorization-server': {
    kind: 'boolean',
    default: true,
    describes:
      'The broker issues access tokens itself, at `/oauth2/token`. With `false` only the registered external authorization servers do.',
    status: implemented,
  },
  'enable-authorization': {
    kind: 'boolean',
    default: true,
    describes: 'Requests of REST clients need an access token.',
    status: implemented,
  },
  'enable-agent-authorization': {
    kind: 'boolean',
    default: true,
    describes: 'Agents need an access token.',
    status: {
      kind: 'later',
      topic: 'enable-agent-authorization',
      reason:
        'agents are not asked for a token yet: keep the agent port on a trusted network, and set the key to false to confirm that',
    },
    quiet: [false],
  },
  'connect-session-token-duration-minutes': {
    kind: 'integer',
    default: 60,
    unit: 'minutes',
    min: 1,
    max: 525_600,
    describes: 'How long a connection token lets its user into a session.',
    status: implemented,
  },
} as const satisfies KeyTable;
