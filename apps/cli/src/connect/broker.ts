import type { CallOptions, DcvsmClient } from '@dcvsm/client';
import type { CliContext } from '../cli-context.js';
import type { Settings } from '../settings/settings.js';

/** What commands work with: a client of the configured broker. */
export interface Broker {
  readonly context: CliContext;
  readonly settings: Settings;
  readonly client: DcvsmClient;
  /** For every call: Ctrl-C ends it. */
  readonly call: CallOptions;
}
