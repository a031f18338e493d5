import type { z } from 'zod';
import { describeIssues, issueWords } from './describe-issues.js';
import { HttpProblem } from './http-problem.js';

/** The value as the schema has it. @throws HttpProblem 400 with a sentence that names each field in question. */
export function parseRequest<Output>(schema: z.ZodType<Output>, value: unknown): Output {
  const parsed = schema.safeParse(value, { error: issueWords });
  if (parsed.success) return parsed.data;
  throw new HttpProblem(400, describeIssues(parsed.error));
}
