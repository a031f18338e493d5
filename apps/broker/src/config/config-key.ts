/**
 * What the broker makes of a key today. Keys that share a `topic` share one line in the notices at start.
 * `later`: accepted so that a file of the original starts unchanged, without effect yet. `ignored`: never needed here.
 */
export type KeyStatus =
  | { readonly kind: 'implemented' }
  | { readonly kind: 'later' | 'ignored'; readonly topic: string; readonly reason: string };

/** What an integer counts; printed in the reference. */
export type Unit =
  'seconds' | 'minutes' | 'hours' | 'pixels' | 'megabytes' | 'requests' | 'characters' | 'count';

export type ConfigValue = boolean | number | string | readonly string[] | undefined;

interface AboutKey {
  /** One sentence for the operator, in the reference document. */
  readonly describes: string;
  readonly status: KeyStatus;
  /** A password or a text that may carry one: its value is never printed. */
  readonly secret?: true;
  /** Values of a key without effect that deserve no notice at start; only the default unless said here. */
  readonly quiet?: readonly ConfigValue[];
}

/** One key of the properties file: how its text is read, what holds when it is absent, and what it means. */
export type ConfigKey = AboutKey &
  (
    | { readonly kind: 'boolean'; readonly default: boolean }
    | {
        readonly kind: 'integer';
        readonly default: number | undefined;
        readonly unit: Unit;
        readonly min: number;
        readonly max: number;
      }
    | { readonly kind: 'port'; readonly default: number | undefined }
    | { readonly kind: 'choice'; readonly default: string | undefined; readonly choices: readonly string[] }
    | { readonly kind: 'text'; readonly default: string | undefined }
    | { readonly kind: 'absolute-path'; readonly default: string | undefined }
    | { readonly kind: 'https-origin'; readonly default: undefined }
    | { readonly kind: 'host'; readonly default: string }
    | { readonly kind: 'host-list'; readonly default: readonly string[] }
  );

export type KeyTable = Readonly<Record<string, ConfigKey>>;

type Given<Key extends ConfigKey> = Key extends { kind: 'boolean' }
  ? boolean
  : Key extends { kind: 'integer' | 'port' }
    ? number
    : Key extends { kind: 'choice' }
      ? Key['choices'][number]
      : Key extends { kind: 'host-list' }
        ? readonly string[]
        : string;

/** The type of a key's value: never `undefined` when the key has a default. */
export type ValueOf<Key extends ConfigKey> = undefined extends Key['default']
  ? Given<Key> | undefined
  : Given<Key>;

export const implemented = { kind: 'implemented' } as const;

/** The largest number of a Java `int`, which bounds every number of the original's file. */
export const largestInteger = 2_147_483_647;
