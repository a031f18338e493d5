import type { CommandOf, Outcome } from '@dcvsm/protocol';
import type { CreateArguments } from '../dcv/arguments.js';

/** One thing to do for a command. The planner returns them as data; `executors` has one function for each kind. */
export type Step =
  | { readonly kind: 'answer'; readonly outcome: Outcome }
  | {
      readonly kind: 'write-file';
      readonly path: string;
      readonly content: string;
      readonly encoding: 'utf8' | 'base64';
      readonly mode: number;
    }
  | { readonly kind: 'dcv-create'; readonly arguments: CreateArguments }
  | { readonly kind: 'dcv-describe'; readonly sessionId: string }
  | { readonly kind: 'dcv-close'; readonly sessionId: string }
  | { readonly kind: 'confirm-gone'; readonly sessionId: string }
  | { readonly kind: 'dcv-set-permissions'; readonly sessionId: string; readonly file: string }
  | {
      readonly kind: 'dcv-screenshot';
      readonly command: CommandOf<'take-screenshot'>;
      /** Where the picture goes if DCV does not print it. */
      readonly file: string;
    }
  | { readonly kind: 'forget-files'; readonly sessionId: string };

export type StepKind = Step['kind'];
export type StepOf<Kind extends StepKind> = Extract<Step, { kind: Kind }>;
