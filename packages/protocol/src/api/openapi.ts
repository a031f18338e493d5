import { z } from 'zod';
import { ErrorBody } from './error.js';
import { operationIds, operations, type Operation } from './operations.js';

type Json = Record<string, unknown>;

/**
 * The OpenAPI 3.0 description that clients are generated from, built from the operations table. Title,
 * version, paths, operationIds, tags, schema names and field types are the published description's.
 */
export function openApiDocument(): Json {
  const schemas: Json = {};
  const paths: Record<string, Json> = {};
  for (const id of operationIds) {
    const operation: Operation = operations[id];
    const path = (paths[operation.path] ??= {});
    path[operation.method.toLowerCase()] = describeOperation(id, operation, schemas);
  }
  schemaOf(ErrorBody, 'output', schemas);
  return {
    openapi: '3.0.0',
    info: {
      title: 'DCV Session Manager',
      description: 'Open DCV Session Manager. Not affiliated with Amazon.',
      version: '2023.0',
      license: { name: 'Apache 2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0.html' },
    },
    tags: [...new Set(operationIds.map((id) => operations[id].tag))].map((name) => ({ name })),
    security: [{ bearerAuth: [] }],
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1))),
      securitySchemes: { bearerAuth: { type: 'http', scheme: 'bearer' } },
    },
  };
}

function describeOperation(id: string, operation: Operation, schemas: Json): Json {
  const content = (schema: unknown) => ({ 'application/json': { schema } });
  return {
    tags: [operation.tag],
    summary: operation.summary,
    operationId: id,
    ...(operation.requestIn === 'path'
      ? { parameters: pathParameters(operation.path) }
      : {
          requestBody: {
            required: operation.requestIn === 'body',
            content: content(schemaOf(operation.request, 'input', schemas)),
          },
        }),
    responses: {
      '200': { description: 'Success', content: content(schemaOf(operation.response, 'output', schemas)) },
      '400': { description: 'Invalid input' },
    },
  };
}

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

/** JSON schema of a wire type; named types move to `components` and are referred to. */
function schemaOf(type: z.ZodType, io: 'input' | 'output', schemas: Json): unknown {
  const {
    $defs,
    definitions = $defs ?? {},
    ...root
  } = z.toJSONSchema(type, {
    target: 'openapi-3.0',
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const wire = (zodSchema as unknown as z.ZodType).meta()?.['wire'];
      if (wire === undefined) return;
      for (const key of Object.keys(jsonSchema)) delete (jsonSchema as Json)[key];
      Object.assign(jsonSchema, wire);
    },
  }) as { $defs?: Json; definitions?: Json } & Json;
  for (const [name, schema] of Object.entries(definitions)) schemas[name] ??= tidy(schema);
  const id = type.meta()?.id;
  if (id === undefined) return tidy(root);
  schemas[id] ??= tidy(root);
  return { $ref: `#/components/schemas/${id}` };
}

/** References point at components, and what only our validation knows stays out of the description. */
function tidy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tidy);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([key]) => !OURS_ONLY.has(key))
    .map(([key, inner]): [string, unknown] =>
      key === '$ref' && typeof inner === 'string'
        ? [key, `#/components/schemas/${inner.split('/').at(-1)}`]
        : [key, key === 'properties' ? tidyProperties(inner) : tidy(inner)],
    );
  return Object.fromEntries(entries);
}

/** Property names may equal schema keywords, so they are not filtered. */
function tidyProperties(properties: unknown): Json {
  return Object.fromEntries(Object.entries(properties as Json).map(([name, schema]) => [name, tidy(schema)]));
}

const OURS_ONLY = new Set([
  '$schema',
  'id',
  '$id',
  'wire',
  'additionalProperties',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'pattern',
]);
