import type { KeyTable } from '../config-key.js';
import { implemented, largestInteger } from '../config-key.js';

export const fleetKeys = {
  'seconds-before-deleting-unreachable-dcv-server': {
    kind: 'integer',
    default: 1800,
    unit: 'seconds',
    min: 60,
    max: largestInteger,
    describes: 'How long a server may be unreachable before the broker forgets it.',
    status: implemented,
  },
  'seconds-before-deleting-sessions-unreachable-server': {
    kind: 'integer',
    default: undefined,
    unit: 'seconds',
    min: 1,
    max: largestInteger,
    describes:
      'How long a server may be unreachable before its sessions count as deleted. Never, unless set.',
    status: implemented,
  },
  'max-api-requests-per-second': {
    kind: 'integer',
    default: 1000,
    unit: 'requests',
    min: 1,
    max: largestInteger,
    describes:
      'How many REST requests an address may send per second; twice as many at once. More are answered with 429 and `Retry-After`.',
    status: implemented,
  },
  'enable-throttling-forwarded-for-header': {
    kind: 'boolean',
    default: false,
    describes:
      'The throttle knows callers by the last address in the `X-Forwarded-For` header, which the load balancer in front adds.',
    status: implemented,
  },
} as const satisfies KeyTable;
