import { operations, type Operation, type OperationId } from '@dcvsm/protocol';
import fc from 'fast-check';
import { z } from 'zod';

/** Malformed requests made from the contract itself: valid ones of each schema, then broken somewhere. */

type JsonSchema = {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly JsonSchema[];
  readonly minimum?: number;
  readonly maximum?: number;
};

/** Values that satisfy a request's form. Their words are mostly of things that do not exist. */
export function validRequest(id: OperationId): fc.Arbitrary<unknown> {
  const operation: Operation = operations[id];
  return fromSchema(
    z.toJSONSchema(operation.request, { io: 'input', unrepresentable: 'any' }) as JsonSchema,
    '',
  );
}

function fromSchema(schema: JsonSchema, name: string): fc.Arbitrary<unknown> {
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((one) => fromSchema(one, name)));
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'array':
      return fc.array(fromSchema(schema.items ?? {}, name), { maxLength: 3 });
    case 'object':
      return fc.record(
        Object.fromEntries(
          Object.entries(schema.properties ?? {}).map(([key, one]) => [key, fromSchema(one, key)]),
        ),
        { requiredKeys: [...(schema.required ?? [])] },
      );
    case 'integer':
    case 'number':
      return fc.integer({
        min: Math.max(schema.minimum ?? 0, 1),
        max: Math.min(schema.maximum ?? 1000, 1000),
      });
    case 'boolean':
      return fc.boolean();
    default:
      return name === 'Type' ? fc.constantFrom('CONSOLE', 'virtual') : words(name);
  }
}

function words(name: string): fc.Arbitrary<string> {
  if (name === 'PermissionsFile') return fc.constantFrom('', 'W3Blcm1pc3Npb25zXQo=');
  if (name === 'Key') return fc.constantFrom('owner', 'tag:color');
  if (name === 'Requirements') return fc.constantFrom('', "tag:color = 'pink'", 'not (');
  return fc.constantFrom('a', 's1', 'alice', 'x y');
}

/** What can stand where something else belongs. */
const intruder = fc.oneof(
  fc.constantFrom<unknown>(
    -1,
    0,
    1e9,
    1.5,
    Number.MAX_SAFE_INTEGER,
    1e308,
    true,
    '',
    ' ',
    [],
    {},
    [[]],
    null,
    [null],
  ),
  fc.constantFrom(
    '\0',
    '\ud800',
    '\u202ea',
    'a\nb',
    '-rf',
    '../..',
    '%00',
    'x'.repeat(5000),
    '__proto__',
    "' or 1=1 --",
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.jsonValue({ maxDepth: 3 }),
);

/** A valid value with one place changed: replaced, dropped, doubled, or a field added that nobody knows. */
export function mutated(valid: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc
    .tuple(valid, fc.array(fc.nat(), { minLength: 1, maxLength: 6 }), intruder)
    .map(([value, choices, foreign]) => mutate(value, choices, foreign));
}

function mutate(value: unknown, [choice = 0, ...deeper]: readonly number[], foreign: unknown): unknown {
  if (typeof value !== 'object' || value === null || deeper.length === 0) return foreign;
  if (Array.isArray(value)) {
    if (value.length === 0) return [foreign];
    const at = choice % value.length;
    return value.map((item, index) => (index === at ? mutate(item, deeper, foreign) : (item as unknown)));
  }
  const keys = Object.keys(value);
  const known = keys[choice % (keys.length + 1)];
  if (known === undefined) return { ...value, Intruder: foreign };
  const { [known]: old, ...rest } = value as Record<string, unknown>;
  return choice % 3 === 0 ? rest : { ...rest, [known]: mutate(old, deeper, foreign) };
}

/** Bytes that were a request until somebody cut, flipped or doubled some of them. */
export function damagedBytes(valid: fc.Arbitrary<unknown>): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(valid, fc.nat(), fc.nat(), fc.uint8Array({ maxLength: 8 }))
    .map(([value, start, length, noise]) => {
      const bytes = Buffer.from(JSON.stringify(value));
      const from = start % (bytes.length + 1);
      const to = Math.min(bytes.length, from + (length % 8));
      return Buffer.concat([bytes.subarray(0, from), noise, bytes.subarray(to)]);
    });
}
