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
    describes:
      'Agents register with a software statement and need an access token. With `false` whoever reaches the agent port can pretend to be a DCV server.',
    status: implemented,
  },
  'allow-legacy-software-statements': {
    kind: 'boolean',
    default: false,
    describes:
      "Software statements of the original's form, which are not signed, are accepted if they were generated here with `--legacy`. Not a key of the original.",
    status: implemented,
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
