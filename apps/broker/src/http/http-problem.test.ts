import { DomainError } from '../domain/error.js';
import { StoreUnavailable } from '../store/store-error.js';
import { HttpProblem, toHttpProblem } from './http-problem.js';

it('answers what people should read with 400', () => {
  const problem = toHttpProblem(new DomainError('session-not-ready', 'not in READY state'));
  expect(problem).toMatchObject({ status: 400, message: 'not in READY state' });
});

it('answers a store that cannot write with 503 and when to come back, without its inner words', () => {
  const problem = toHttpProblem(new StoreUnavailable('disk full at /secret/path'));
  expect(problem).toMatchObject({ status: 503, headers: { 'Retry-After': '1' } });
  expect(problem?.message).not.toContain('/secret/path');
});

it('knows nothing to say of a bug', () => {
  expect(toHttpProblem(new TypeError('x is not a function'))).toBeNull();
});

it('lets a problem through as it is', () => {
  const problem = new HttpProblem(405, 'use POST', { headers: { Allow: 'POST' } });
  expect(toHttpProblem(problem)).toBe(problem);
});
