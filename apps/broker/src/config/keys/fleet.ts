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
    describes: 'How many REST requests a caller may send per second.',
    status: {
      kind: 'later',
      topic: 'max-api-requests-per-second',
      reason: 'requests are not throttled yet: limit them in the load balancer in front',
    },
  },
  'enable-throttling-forwarded-for-header': {
    kind: 'boolean',
    default: false,
    describes: 'The throttle knows callers by the `X-Forwarded-For` header.',
    status: {
      kind: 'later',
      topic: 'enable-throttling-forwarded-for-header',
      reason: 'requests are not throttled yet: limit them in the load balancer in front',
    },
  },
} as const satisfies KeyTable;
