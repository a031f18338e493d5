import { sessionPages } from '@dcvsm/client';
import type { DescribeSessionsResponse } from '@dcvsm/protocol';
import type { Command } from 'commander';
import type { CliContext } from '../cli-context.js';
import type { Broker } from '../connect/broker.js';
import { collectTags, readList, wholeNumber, type TagValue } from '../values.js';
import { addBrokerCommand, answer, withBroker } from './broker-command.js';

interface Options {
  readonly sessionIds?: string[];
  readonly owner?: string;
  readonly tag?: TagValue[];
  readonly maxResults?: number;
  readonly nextToken?: string;
  readonly all?: true;
}

export function addDescribeSessions(program: Command, context: CliContext): void {
  addBrokerCommand(program, {
    name: 'describe-sessions',
    description: 'Show sessions: all, or those with given ids, owner or tags of their server.',
    example: '--owner alice --all --output-format table',
  })
    .option('--session-ids <list>', 'only these, with commas between', readList)
    .option('--owner <user>', 'only those of this owner')
    .option('--tag <key=value>', 'only those on servers with this tag; repeatable: all of them', collectTags)
    .option('--max-results <number>', 'how many in one answer, 1 to 1000', wholeNumber(1, 1000))
    .option('--next-token <token>', 'the next_token of the answer before')
    .option('--all', 'all pages, as one answer')
    .action((options: Options, command: Command) =>
      withBroker(context, command, async (broker) => {
        answer(broker, 'describeSessions', await describe(broker, options));
      }),
    );
}

async function describe(broker: Broker, options: Options): Promise<DescribeSessionsResponse> {
  const { owner, tag = [] } = options;
  const filters = [
    ...(owner === undefined ? [] : [{ Key: 'owner', Value: owner }]),
    ...tag.map(({ key, value }) => ({ Key: `tag:${key}`, Value: value })),
  ];
  const request = {
    SessionIds: options.sessionIds,
    Filters: filters.length === 0 ? undefined : filters,
    MaxResults: options.maxResults,
    NextToken: options.nextToken,
  };
  if (options.all !== true) return broker.client.describeSessions(request, broker.call);
  const all: DescribeSessionsResponse = { RequestId: '', Sessions: [] };
  for await (const { RequestId, Sessions } of sessionPages(broker.client, request, broker.call)) {
    all.RequestId = RequestId;
    all.Sessions.push(...Sessions);
  }
  return all;
}
