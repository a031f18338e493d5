import { serverPages } from '@dcvsm/client';
import type { DescribeServersResponse, Server } from '@dcvsm/protocol';
import type { Command } from 'commander';
import type { CliContext } from '../cli-context.js';
import type { Broker } from '../connect/broker.js';
import { collectTags, readList, wholeNumber, type TagValue } from '../values.js';
import { addBrokerCommand, answer, withBroker } from './broker-command.js';

interface Options {
  readonly serverIds?: string[];
  readonly tag?: TagValue[];
  readonly maxResults?: number;
  readonly nextToken?: string;
  readonly all?: true;
}

export function addDescribeServers(program: Command, context: CliContext): void {
  addBrokerCommand(program, {
    name: 'describe-servers',
    description: 'Show servers: all, or those with given ids or tags.',
    example: '--tag color=pink --output-format table',
  })
    .option('--server-ids <list>', 'only these, with commas between', readList)
    .option(
      '--tag <key=value>',
      'only those with this tag, of all pages; repeatable: all of them',
      collectTags,
    )
    .option('--max-results <number>', 'how many in one answer, 1 to 1000', wholeNumber(1, 1000))
    .option('--next-token <token>', 'the next_token of the answer before')
    .option('--all', 'all pages, as one answer')
    .action((options: Options, command: Command) =>
      withBroker(context, command, async (broker) => {
        answer(broker, 'describeServers', await describe(broker, options));
      }),
    );
}

async function describe(broker: Broker, options: Options): Promise<DescribeServersResponse> {
  const { tag = [] } = options;
  const request = {
    ServerIds: options.serverIds,
    MaxResults: options.maxResults,
    NextToken: options.nextToken,
  };
  // The API has no filter for servers. A filtered page may be empty while the next is not, so all are read.
  if (options.all !== true && tag.length === 0) return broker.client.describeServers(request, broker.call);
  const all: DescribeServersResponse = { RequestId: '', Servers: [] };
  for await (const { RequestId, Servers } of serverPages(broker.client, request, broker.call)) {
    all.RequestId = RequestId;
    all.Servers.push(...Servers.filter((server) => tag.every((wanted) => hasTag(server, wanted))));
  }
  return all;
}

function hasTag({ Tags = [] }: Server, { key, value }: TagValue): boolean {
  return Tags.some((tag) => tag.Key === key && tag.Value === value);
}
