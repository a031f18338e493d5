import { paintFor } from './paint.js';

const painted = '\u001b[31mno\u001b[39m';

it.each([
  ['a terminal', true, {}, painted],
  ['a terminal whose owner wants no colours', true, { NO_COLOR: '1' }, 'no'],
  ['a terminal with an empty wish', true, { NO_COLOR: '' }, painted],
  ['a terminal that knows none', true, { TERM: 'dumb' }, 'no'],
  ['a file', false, {}, 'no'],
])('paints for %s', (_name, isTTY, env, expected) => {
  expect(paintFor({ isTTY }, env)('red', 'no')).toBe(expected);
});
