import type { KeyTable } from '../config-key.js';

const cloudWatch = {
  kind: 'later',
  topic: 'enable-cloud-watch-metrics, cloud-watch-region, metrics-fleet-name-dimension',
  reason: 'metrics are not sent to CloudWatch yet',
} as const;

export const metricsKeys = {
  'enable-cloud-watch-metrics': {
    kind: 'boolean',
    default: false,
    describes: 'The broker sends metrics to Amazon CloudWatch.',
    status: cloudWatch,
  },
  'cloud-watch-region': {
    kind: 'text',
    default: undefined,
    describes: 'AWS region of these metrics.',
    status: cloudWatch,
  },
  'metrics-fleet-name-dimension': {
    kind: 'text',
    default: 'default',
    describes: 'Fleet name under which the metrics are filed.',
    status: cloudWatch,
  },
} as const satisfies KeyTable;
