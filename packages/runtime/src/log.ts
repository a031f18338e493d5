import { pino, type DestinationStream, type Logger } from 'pino';
import { escapeInvisible } from './escape-invisible.js';

export type Log = Logger;
export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

/**
 * Paths whose values never reach a log: whoever reads logs must not be able to act as a client or to open
 * a desktop. One level of nesting is covered for each; code must not log whole requests anyway.
 */
const SECRET_FIELDS = [
  'authorization',
  'Authorization',
  'ConnectionToken',
  'connectionToken',
  'authenticationToken',
  'access_token',
  'client_secret',
  'clientPassword',
  'password',
  'secret',
];

export interface LogOptions {
  readonly name: string;
  readonly level: LogLevel;
  /** Where lines go; stdout if absent. */
  readonly destination?: DestinationStream;
}

/** Structured log: one JSON object a line, control and invisible characters escaped, secrets replaced by `[hidden]`. */
export function createLog(options: LogOptions): Log {
  const paths = SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]);
  const settings = {
    name: options.name,
    level: options.level,
    redact: { paths, censor: '[hidden]' },
    hooks: { streamWrite: escapeInvisible },
  };
  return options.destination ? pino(settings, options.destination) : pino(settings);
}

/** Drops everything; for tests whose subject is not the log. */
export function silentLog(): Log {
  return pino({ level: 'silent' });
}
