import type { KeyTable } from '../config-key.js';
import { largestInteger } from '../config-key.js';

const cluster = {
  kind: 'later',
  topic: 'broker-to-broker-*',
  reason:
    'one broker needs none of them, and several brokers, which do not work together yet, will meet over NATS: see cluster-nats-url',
} as const;

const javaMemory = {
  kind: 'ignored',
  topic: 'broker-to-broker-distributed-memory-max-size-mb',
  reason: 'this broker is no Java program and reserves no memory',
} as const;

export const clusterKeys = {
  'broker-to-broker-port': {
    kind: 'port',
    default: 47100,
    describes: 'Port on which brokers talk to each other.',
    status: cluster,
  },
  'broker-to-broker-bind-host': {
    kind: 'host',
    default: '0.0.0.0',
    describes: 'Address on which that port listens.',
    status: cluster,
  },
  'broker-to-broker-discovery-port': {
    kind: 'port',
    default: 47500,
    describes: 'Port on which brokers find each other.',
    status: cluster,
  },
  'broker-to-broker-discovery-addresses': {
    kind: 'text',
    default: undefined,
    quiet: [undefined, '127.0.0.1:47500'],
    describes: 'The other brokers, as `host:port`, separated by commas.',
    status: cluster,
  },
  'broker-to-broker-discovery-multicast-group': {
    kind: 'text',
    default: undefined,
    describes: 'Multicast group in which brokers find each other.',
    status: cluster,
  },
  'broker-to-broker-discovery-multicast-port': {
    kind: 'port',
    default: undefined,
    describes: 'Port of that group.',
    status: cluster,
  },
  'broker-to-broker-discovery-aws-region': {
    kind: 'text',
    default: undefined,
    describes: 'AWS region of the load balancer that knows the brokers. Also read as `…-AWS-region`.',
    status: cluster,
  },
  'broker-to-broker-discovery-aws-alb-target-group-arn': {
    kind: 'text',
    default: undefined,
    describes: 'Target group that lists the brokers. Also read as `…-AWS-alb-target-group-arn`.',
    status: cluster,
  },
  'broker-to-broker-key-store-file': {
    kind: 'text',
    default: undefined,
    describes: 'Java key store for the traffic between brokers.',
    status: cluster,
  },
  'broker-to-broker-key-store-pass': {
    kind: 'text',
    default: undefined,
    secret: true,
    describes: 'Password of that key store.',
    status: cluster,
  },
  'broker-to-broker-connection-login': {
    kind: 'text',
    default: 'dcvsm-user',
    describes: 'Name with which brokers log in to each other.',
    status: cluster,
  },
  'broker-to-broker-connection-pass': {
    kind: 'text',
    default: 'dcvsm-pass',
    secret: true,
    describes: 'Password with which brokers log in to each other.',
    status: cluster,
  },
  'broker-to-broker-distributed-memory-max-size-mb': {
    kind: 'integer',
    default: 4096,
    unit: 'megabytes',
    min: 0,
    max: largestInteger,
    describes: 'Memory that the original broker reserves for session data.',
    status: javaMemory,
  },
  'broker-java-home': {
    kind: 'text',
    default: undefined,
    describes: 'Java installation that runs the original broker.',
    status: { kind: 'ignored', topic: 'broker-java-home', reason: 'this broker is no Java program' },
  },
} as const satisfies KeyTable;
