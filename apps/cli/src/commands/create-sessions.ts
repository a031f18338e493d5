import { text as readAll } from 'node:stream/consumers';
import type { CreateSessionRequestData, CreateSessionsResponse } from '@dcvsm/protocol';
import type { Command } from 'commander';
import type { CliContext } from '../cli-context.js';
import type { Broker } from '../connect/broker.js';
import { inRequests } from '../session-files/in-requests.js';
import { addBrokerCommand, answer, withBroker } from './broker-command.js';

export function addCreateSessions(program: Command, context: CliContext): void {
  addBrokerCommand(program, {
    name: 'create-sessions',
    description: 'Create the sessions of a JSON or YAML file.',
    example: '--from-file class.yaml',
  })
    .requiredOption('--from-file <file>', 'a list of sessions, or "defaults" and "sessions"; - for the input')
    .action(({ fromFile }: { fromFile: string }, command: Command) =>
      withBroker(context, command, async (broker) => create(broker, await readEntries(context, fromFile))),
    );
}

async function readEntries(context: CliContext, given: string): Promise<CreateSessionRequestData[]> {
  const { openSessionFile, readSessionFile } = await import('../session-files/read-session-file.js');
  const { workingFolder: folder, stdin } = context;
  const file =
    given === '-'
      ? { name: 'the input', text: await readAll(stdin), folder }
      : openSessionFile(given, folder);
  return readSessionFile(file);
}

/** One request after the other. When one fails, what the ones before it made is printed all the same. */
async function create(broker: Broker, entries: readonly CreateSessionRequestData[]): Promise<void> {
  const all: CreateSessionsResponse = { RequestId: '', SuccessfulList: [], UnsuccessfulList: [] };
  const ids: string[] = [];
  try {
    for (const request of inRequests(entries)) {
      const made = await broker.client.createSessions(request, broker.call);
      ids.push(made.RequestId);
      all.SuccessfulList.push(...made.SuccessfulList);
      all.UnsuccessfulList.push(...made.UnsuccessfulList);
    }
  } finally {
    if (ids.length > 0) answer(broker, 'createSessions', { ...all, RequestId: ids.join(',') });
  }
}
