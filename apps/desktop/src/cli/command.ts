import type { DcvRequest } from '../wire/request.js';
import type { Answer, ValueOf } from '../wire/answer.js';
import type { Option, Parsed } from './options.js';

/** What the caller of the command brings with it. */
export interface Caller {
  readonly user: string;
  readonly cwd: string;
}

/** What the command leaves behind: text on its standard output, or a file. */
export type Output =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'file'; readonly path: string; readonly content: Buffer };

/** One command of `dcv` with its grammar; `ask` and `show` are pure. */
export interface Command<R extends DcvRequest> {
  readonly name: R['command'];
  readonly operands: string;
  readonly summary: string;
  readonly options: readonly Option[];
  /** @throws UsageError if the arguments do not fit the grammar */
  ask(parsed: Parsed, caller: Caller): R;
  show(value: ValueOf<R['command']>, parsed: Parsed, caller: Caller): Output;
}

/** A command whose own types are closed over, so that commands of all kinds fit into one table. */
export interface AnyCommand extends Pick<Command<DcvRequest>, 'name' | 'operands' | 'summary' | 'options'> {
  run(call: Call, parsed: Parsed, caller: Caller): Promise<Answer<Output>>;
}

export type Call = <R extends DcvRequest>(request: R) => Promise<Answer<ValueOf<R['command']>>>;

export function command<R extends DcvRequest>(own: Command<R>): AnyCommand {
  const { name, operands, summary, options } = own;
  return {
    ...{ name, operands, summary, options },
    async run(call, parsed, caller) {
      const answer = await call(own.ask(parsed, caller));
      return answer.kind === 'done'
        ? { kind: 'done', value: own.show(answer.value, parsed, caller) }
        : answer;
    },
  };
}

export const NOTHING: Output = { kind: 'text', text: '' };
