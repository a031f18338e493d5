import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { decodeToAgent, decodeToBroker, ToAgent, ToBroker, type Decoded } from '../src/index.js';

/**
 * The messages of the previous release, frozen as data: their schema, and frames as that release sent them. It is not to be
 * changed with the code; a release replaces it with its own.
 */
const previous = JSON.parse(readFileSync(join(__dirname, 'previous/agent-messages.json'), 'utf8')) as Record<
  'toBroker' | 'toAgent',
  Frozen
>;

interface Frozen {
  readonly schema: Parameters<typeof z.fromJSONSchema>[0] & {
    readonly oneOf: readonly { readonly properties: { readonly type: { readonly const: string } } }[];
  };
  readonly frames: readonly { readonly type: string }[];
}

interface Direction {
  readonly name: string;
  readonly frozen: Frozen;
  readonly decode: (frame: string) => Decoded<ToAgent | ToBroker>;
  readonly now: readonly string[];
  /** What the previous release skips. Whoever adds a message here has made sure that skipping it does no harm. */
  readonly skipped: readonly string[];
}

const DIRECTIONS: readonly Direction[] = [
  {
    name: 'to the broker',
    frozen: previous.toBroker,
    decode: decodeToBroker,
    now: ToBroker.options.map((option) => option.shape.type.value),
    skipped: [],
  },
  {
    name: 'to the agent',
    frozen: previous.toAgent,
    decode: decodeToAgent,
    now: ToAgent.options.map((option) => option.shape.type.value),
    skipped: [],
  },
];

/** Reads a frame as the previous release does: unknown types are skipped, unknown fields dropped. */
function decodeAsBefore({ schema }: Frozen, frame: string): 'message' | 'unknown-type' | 'malformed' {
  const value = JSON.parse(frame) as { readonly type: string };
  if (!namesOf(schema).includes(value.type)) return 'unknown-type';
  return z.fromJSONSchema(schema).safeParse(value).success ? 'message' : 'malformed';
}

function namesOf(schema: Frozen['schema']): readonly string[] {
  return schema.oneOf.map(({ properties }) => properties.type.const);
}

describe.each(DIRECTIONS)('messages $name', ({ frozen, decode, now, skipped }) => {
  it('has a frozen frame of each type', () => {
    expect(new Set(frozen.frames.map(({ type }) => type))).toEqual(new Set(namesOf(frozen.schema)));
  });

  it.each(frozen.frames.map((frame) => [frame.type, frame] as const))(
    'of the previous release are understood: %s',
    (_, frame) => {
      expect(decode(JSON.stringify(frame))).toEqual({ kind: 'message', message: frame });
    },
  );

  it.each(frozen.frames.map((frame) => [frame.type, frame] as const))(
    'of this release are understood by the previous one: %s',
    (_, frame) => {
      const decoded = decode(JSON.stringify(frame));
      const again = decoded.kind === 'message' ? decoded.message : null;
      const withNews = JSON.stringify({ ...again, aFieldOfTomorrow: true });
      expect(decodeAsBefore(frozen, withNews)).toBe('message');
    },
  );

  it('that the previous release does not know are skipped by it, and are known to be harmless', () => {
    const unknown = now.filter((type) => decodeAsBefore(frozen, JSON.stringify({ type })) === 'unknown-type');
    expect(unknown).toEqual(skipped);
  });

  it('of the previous release are all still there', () => {
    expect(now).toEqual(expect.arrayContaining([...namesOf(frozen.schema)]));
  });

  it('are judged by the frozen schema, which refuses what is wrong', () => {
    expect(decodeAsBefore(frozen, JSON.stringify({ type: frozen.frames[0]?.type }))).toBe('malformed');
  });
});
