import { ErrorBody, operationIds, operations, type Operation, type OperationId } from '@dcvsm/protocol';

/**
 * The same fetch, which fails a test when an answer is not exactly what is published: generated clients refuse any other
 * field at any level (rule 1), and lists and fields that are null (rule 2).
 */
export function checkedFetch(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return async (input, init) => {
    const answer = await fetch(input, init);
    const id = operationAt(init?.method ?? 'GET', new URL(input as string).pathname);
    if (id !== null) expectPublished(id, answer, await answer.clone().text());
    return answer;
  };
}

function expectPublished(id: OperationId, answer: Response, text: string): void {
  expect(answer.headers.get('content-type')).toBe('application/json');
  const value: unknown = JSON.parse(text);
  const schema = answer.status === 200 ? (operations[id] as Operation).response : ErrorBody;
  const parsed = schema.safeParse(value);
  // Parsing must neither fail nor change anything: no field is dropped, defaulted or converted.
  expect({ id, status: answer.status, issues: parsed.error?.issues, value: parsed.data }).toEqual({
    id,
    status: answer.status,
    issues: undefined,
    value,
  });
}

function operationAt(method: string, path: string): OperationId | null {
  const id = operationIds.find((one) => {
    const pattern = operations[one].path.replace(/\{\w+\}/g, '[^/]+');
    return operations[one].method === method && new RegExp(`^${pattern}$`).test(path);
  });
  return id ?? null;
}
