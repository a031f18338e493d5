import { z } from 'zod';

/**
 * An answer of the broker as the original prints it: names in snake_case, and every field of the description there,
 * null when the broker left it out. What the description does not have comes last.
 */
export function toDict(schema: z.ZodType, value: unknown): unknown {
  const inner = unwrap(schema);
  if (Array.isArray(value)) {
    const element = inner instanceof z.ZodArray ? (inner.element as z.ZodType) : z.unknown();
    return value.map((item) => toDict(element, item));
  }
  if (typeof value !== 'object' || value === null) return value ?? null;
  const shape = inner instanceof z.ZodObject ? (inner.shape as Record<string, z.ZodType>) : {};
  const fields = value as Readonly<Record<string, unknown>>;
  const names = [...Object.keys(shape), ...Object.keys(fields).filter((name) => !(name in shape))];
  return Object.fromEntries(
    names.map((name) => [snakeCase(name), toDict(shape[name] ?? z.unknown(), fields[name])]),
  );
}

function unwrap(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional ? unwrap(schema.unwrap() as z.ZodType) : schema;
}

/** As code generators name the attributes of Python classes: `EC2InstanceType` is `ec2_instance_type`. */
export function snakeCase(name: string): string {
  return name
    .replace(/([A-Z0-9]+)([A-Z][a-z])/g, '$1_$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase();
}
