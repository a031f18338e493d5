import { waitForSession, type WaitResult } from '@dcvsm/client';
import { Session, SessionState } from '@dcvsm/protocol';
import type { Command } from 'commander';
import type { CliContext } from '../cli-context.js';
import type { Broker } from '../connect/broker.js';
import { CliError, EXIT } from '../exit-codes.js';
import { SESSION_COLUMNS, stateOf } from '../output/columns.js';
import { tableLines } from '../output/table.js';
import { toDict } from '../output/to-dict.js';
import { oneOf, wholeNumber } from '../values.js';
import { addBrokerCommand, withBroker } from './broker-command.js';

interface Options {
  readonly sessionId: string;
  readonly state: SessionState;
  readonly timeout: number;
  readonly interval: number;
}

export function addWaitSession(program: Command, context: CliContext): void {
  addBrokerCommand(program, {
    name: 'wait-session',
    description: 'Wait until a session is in a state; exit code 254: it never will be, 255: not in time.',
    example: '--session-id 33b3f9e1-d40c-47b6-9294-5c4c53fcf177 --timeout 120',
  })
    .requiredOption('--session-id <id>', 'id of the session')
    .option('--state <state>', SessionState.options.join(', '), oneOf(SessionState.options), 'READY' as const)
    .option('--timeout <seconds>', 'how long to wait', wholeNumber(0, 604_800), 300)
    .option('--interval <seconds>', 'how long between two looks', wholeNumber(1, 3600), 2)
    .action((options: Options, command: Command) =>
      withBroker(context, command, async (broker) => {
        const result = await waitForSession(broker.client, options.sessionId, {
          state: options.state,
          timeoutMs: options.timeout * 1000,
          pollMs: options.interval * 1000,
          signal: context.interrupted,
        });
        tell(broker, options, result);
      }),
    );
}

/** @throws CliError unless the state was reached */
function tell(broker: Broker, { sessionId, state, timeout }: Options, { kind, session }: WaitResult): void {
  const now = session === undefined ? 'not there' : stateOf(session);
  const reason = session?.StateReason === undefined ? '' : `: ${session.StateReason}`;
  switch (kind) {
    case 'reached':
      return print(broker, session ?? { Id: sessionId, State: state });
    case 'never':
      throw new CliError(EXIT.service, `session ${sessionId} will never be ${state}; it is ${now}${reason}`);
    case 'timeout':
      throw new CliError(
        EXIT.other,
        `session ${sessionId} is not ${state} after ${timeout} seconds; it is ${now}${reason}`,
      );
  }
}

function print({ context, settings }: Broker, session: Partial<Session>): void {
  const text =
    settings.outputFormat === 'json'
      ? JSON.stringify(toDict(Session, session), null, 2)
      : tableLines(SESSION_COLUMNS, [session as Session]).join('\n');
  context.stdout.write(`${text}\n`);
}
