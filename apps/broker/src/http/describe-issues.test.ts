import {
  CreateSessionsRequest,
  DeleteSessionsRequest,
  DescribeSessionsRequestData,
  GetSessionScreenshotsRequest,
} from '@dcvsm/protocol';
import type { z } from 'zod';
import { HttpProblem } from './http-problem.js';
import { parseRequest } from './parse-request.js';

function wordsFor(schema: z.ZodType, value: unknown): string {
  try {
    parseRequest(schema, value);
  } catch (error) {
    if (error instanceof HttpProblem && error.status === 400) return error.message;
    throw error;
  }
  throw new Error('it was accepted');
}

it.each([
  [DescribeSessionsRequestData, { MaxResults: 0 }, 'Invalid input: MaxResults: must be at least 1'],
  [DescribeSessionsRequestData, { MaxResults: 1001 }, 'Invalid input: MaxResults: must be at most 1000'],
  [DescribeSessionsRequestData, { MaxResults: '5' }, 'Invalid input: MaxResults: must be a number'],
  [DescribeSessionsRequestData, { MaxResults: 1.5 }, 'Invalid input: MaxResults: must be a whole number'],
  [DescribeSessionsRequestData, [], 'Invalid input: the body: must be an object'],
  [
    DescribeSessionsRequestData,
    { Filters: [{ Key: 'owner' }] },
    'Invalid input: Filters[0].Value: is required',
  ],
  [DescribeSessionsRequestData, { SessionIds: 'x' }, 'Invalid input: SessionIds: must be an array'],
  [CreateSessionsRequest, {}, 'Invalid input: the body: must be an array'],
  [CreateSessionsRequest, [{ Owner: 'a', Type: 'VIRTUAL' }], 'Invalid input: [0].Name: is required'],
  [
    CreateSessionsRequest,
    [{ Name: 'n', Owner: 'a', Type: 'REMOTE' }],
    'Invalid input: [0].Type: must be one of CONSOLE, VIRTUAL',
  ],
  [
    CreateSessionsRequest,
    [{ Name: 'x'.repeat(257), Owner: 'a', Type: 'VIRTUAL' }],
    'Invalid input: [0].Name: must have at most 256 characters',
  ],
  [
    DeleteSessionsRequest,
    [{ SessionId: 's', Owner: 'a', Force: 'yes' }],
    'Invalid input: [0].Force: must be true or false',
  ],
  [
    DeleteSessionsRequest,
    Array.from({ length: 1001 }, () => ({ SessionId: 's', Owner: 'a' })),
    'Invalid input: the body: must have at most 1000 entries',
  ],
])('%# names the field and what it must be', (schema, value, words) => {
  expect(wordsFor(schema, value)).toBe(words);
});

it('names unknown fields before anything else, as portals look for them', () => {
  const entry = { MaxWidht: 1, MaxWidth: 'a', MaxHeight: 'b' };
  expect(wordsFor(GetSessionScreenshotsRequest, [entry])).toBe(
    'Invalid input: [0]: there is no field "MaxWidht"; [0].SessionId: is required; [0].MaxWidth: must be a number; and 1 more',
  );
});

it('stays short and printable whatever the caller sends', () => {
  const value = Object.fromEntries(
    Array.from({ length: 5000 }, (_, index) => [`\u001b[31m\u202e\u009b\n${'x'.repeat(500)}${index}`, 1]),
  );
  const words = wordsFor(DescribeSessionsRequestData, value);
  expect(words.length).toBeLessThan(1000);
  expect(words).toContain('and 4997 more are unknown');
  expect(words).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
});
