import { operations, type OperationId, type ResponseOf } from '@dcvsm/protocol';
import type { Broker } from '../connect/broker.js';
import { toDict } from './to-dict.js';
import { tableLines } from './table.js';
import { TABLES, type TablePart } from './tables.js';

/** Prints an answer in the wanted format. Refused entries are answers, too, and told on the standard error in tables. */
export function printAnswer<Id extends OperationId>(broker: Broker, id: Id, answer: ResponseOf<Id>): void {
  const { context, settings } = broker;
  if (settings.outputFormat === 'json') {
    const dict = toDict(operations[id].response, answer);
    context.stdout.write(`${JSON.stringify(dict, null, 2)}\n`);
    return;
  }
  for (const part of TABLES[id](answer as never)) printPart(broker, part);
}

function printPart({ context }: Broker, part: TablePart): void {
  if (part.kind === 'refusals') {
    for (const words of part.refusals) context.stderr.write(`refused: ${words}\n`);
    return;
  }
  if (part.kind === 'note') return void context.stderr.write(`${part.text}\n`);
  const lines = tableLines(part.columns, part.rows);
  context.stdout.write(`${part.rows.length === 0 ? part.ifEmpty : lines.join('\n')}\n`);
}
