import { MAX_CHARACTERS } from './limits.js';
import { parseRequirements } from './parse.js';
import { printRequirements } from './print.js';
import type { Requirement } from './tree.js';

function parsed(text: string): Requirement | null {
  const result = parseRequirements(text);
  if (!result.ok) throw new Error(result.problem.message);
  return result.tree;
}

describe('printRequirements', () => {
  it.each([
    ['', ''],
    ["tag:a='1'AND(server:Id:='x')", "tag:a = '1' and server:Id := 'x'"],
    ["(tag:a='1' or tag:b='2')and tag:c=3", "(tag:a = '1' or tag:b = '2') and tag:c = 3"],
    ["(tag:a='1' and tag:b='2')or tag:c=3", "tag:a = '1' and tag:b = '2' or tag:c = 3"],
    ["(tag:a='1' or tag:b='2')or tag:c=3", "(tag:a = '1' or tag:b = '2') or tag:c = 3"],
    ["NOT(NOT((tag:a='it''s')))", "not not tag:a = 'it''s'"],
    ['not(tag:a=1 and tag:b=2)', 'not (tag:a = 1 and tag:b = 2)'],
    ['tag:n<1024E6', 'tag:n < 1024000000'],
    ['tag:n<1e300', 'tag:n < 1e+300'],
    ["server:Host.Aws.EC2ImageId='ami'", "server:Host.Aws.Ec2ImageId = 'ami'"],
  ])('prints %s as %s', (text, canonical) => {
    expect(printRequirements(parsed(text))).toBe(canonical);
  });

  it.each([
    ['numbers', Array.from({ length: 256 }, () => 'tag:a=12e19').join('or ')],
    ['small numbers', Array.from({ length: 256 }, () => 'tag:a=-12e-7').join('or ')],
    ['decimals', Array.from({ length: 250 }, () => 'tag:a=1.25').join('and ')],
    [
      'groups',
      Array.from({ length: 124 }, () => "not(tag:a=1or tag:b='2')")
        .join('and ')
        .padEnd(MAX_CHARACTERS),
    ],
  ])('drops blanks where they alone would exceed the length limit: %s', (_what, text) => {
    const tree = parsed(text);
    const printed = printRequirements(tree);
    expect(printed.length).toBeLessThanOrEqual(MAX_CHARACTERS);
    expect(parsed(printed)).toEqual(tree);
  });
});
