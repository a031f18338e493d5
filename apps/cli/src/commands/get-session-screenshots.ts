import type { Command } from 'commander';
import type { CliContext } from '../cli-context.js';
import { readList, wholeNumber } from '../values.js';
import { addBrokerCommand, answer, withBroker } from './broker-command.js';

interface Options {
  readonly sessionIds: string[];
  readonly maxWidth?: number;
  readonly maxHeight?: number;
}

export function addGetSessionScreenshots(program: Command, context: CliContext): void {
  addBrokerCommand(program, {
    name: 'get-session-screenshots',
    description: 'Take pictures of sessions; they are base64 in the answer.',
    example: '--session-ids 33b3f9e1-d40c-47b6-9294-5c4c53fcf177 --max-width 640 --max-height 400',
  })
    .requiredOption('--session-ids <list>', 'ids of sessions, with commas between', readList)
    .option('--max-width <pixels>', 'no wider than this', wholeNumber(1))
    .option('--max-height <pixels>', 'no higher than this', wholeNumber(1))
    .action(({ sessionIds, maxWidth, maxHeight }: Options, command: Command) =>
      withBroker(context, command, async (broker) => {
        const request = sessionIds.map((SessionId) => ({
          SessionId,
          MaxWidth: maxWidth,
          MaxHeight: maxHeight,
        }));
        const pictures = await broker.client.getSessionScreenshots(request, broker.call);
        answer(broker, 'getSessionScreenshots', pictures);
      }),
    );
}
