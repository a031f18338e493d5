import { MAX_CHARACTERS, MAX_CLAUSES, MAX_DEPTH } from './limits.js';
import { parseRequirements } from './parse.js';
import type { Comparison, Operator, Requirement } from './tree.js';

function parsed(text: string): Requirement | null {
  const result = parseRequirements(text);
  if (!result.ok) throw new Error(`refused at column ${result.problem.column}: ${result.problem.message}`);
  return result.tree;
}

function tag(key: string, operator: Operator, text: string): Comparison {
  return { kind: 'comparison', subject: { kind: 'tag', key }, operator, value: { kind: 'text', text } };
}

const a = tag('a', '=', '1');
const b = tag('b', '=', '2');
const c = tag('c', '=', '3');

describe('parseRequirements', () => {
  it.each(['', ' ', '\t\r\n', '\u00a0'])('reads %j as no requirement', (text) => {
    expect(parsed(text)).toBeNull();
  });

  it.each(['=', '!=', '>', '>=', '<', '<=', ':='] as const)(
    'reads the operator %s with and without blanks',
    (operator) => {
      expect(parsed(`tag:color${operator}'red'`)).toEqual(tag('color', operator, 'red'));
      expect(parsed(` tag:color\n${operator}\t'red' `)).toEqual(tag('color', operator, 'red'));
    },
  );

  it.each([
    ['1', 1],
    ['-1', -1],
    ['+2.50', 2.5],
    ['5.', 5],
    ['007', 7],
    ['1024E6', 1_024_000_000],
    ['1.5e-3', 0.0015],
    ['1E+2', 100],
    ['-0', 0],
    ['1e-400', 0],
  ])('reads the number %s', (written, number) => {
    expect(parsed(`tag:n = ${written}`)).toEqual({ ...tag('n', '=', ''), value: { kind: 'number', number } });
  });

  it.each([
    ["''", ''],
    ["''''", "'"],
    ["'it''s'", "it's"],
    ["'a and (b'", 'a and (b'],
    ['\'größe "x"\n\'', 'größe "x"\n'],
  ])('reads the text %s', (written, text) => {
    expect(parsed(`tag:t = ${written}`)).toEqual(tag('t', '=', text));
  });

  it.each(['_', 'A9_z', 'dcv', 'dcv:os-family', 'dcv:-', 'dcv:max-virtual-sessions', 'and', 'server'])(
    'reads the tag key %s',
    (key) => {
      expect(parsed(`tag:${key}:='x'`)).toEqual(tag(key, ':=', 'x'));
    },
  );

  it.each([
    ['Host.Aws.Ec2InstanceId', 'Host.Aws.Ec2InstanceId'],
    ['Host.Aws.EC2InstanceId', 'Host.Aws.Ec2InstanceId'],
    ['Host.Aws.EC2InstanceType', 'Host.Aws.Ec2InstanceType'],
    ['Host.Aws.EC2ImageId', 'Host.Aws.Ec2ImageId'],
    ['Id', 'Id'],
  ])('reads the property %s as %s', (spelling, property) => {
    expect(parsed(`server:${spelling} = 'x'`)).toMatchObject({ subject: { kind: 'server', property } });
  });

  it('binds not before and, and before or', () => {
    expect(parsed("tag:a='1' or not tag:b='2' and tag:c='3'")).toEqual({
      kind: 'or',
      operands: [a, { kind: 'and', operands: [{ kind: 'not', operand: b }, c] }],
    });
  });

  it('joins a list into one node and keeps the groups the user wrote', () => {
    expect(parsed("tag:a='1' and tag:b='2' and tag:c='3'")).toEqual({ kind: 'and', operands: [a, b, c] });
    expect(parsed("(tag:a='1' and tag:b='2') and tag:c='3'")).toEqual({
      kind: 'and',
      operands: [{ kind: 'and', operands: [a, b] }, c],
    });
  });

  it('reads keywords in any case, and without blanks beside parentheses, quotes and digits', () => {
    expect(parsed("NOT(tag:a='1')AND tag:b='2'oR(((tag:c='3')))")).toEqual({
      kind: 'or',
      operands: [{ kind: 'and', operands: [{ kind: 'not', operand: a }, b] }, c],
    });
    expect(parsed('tag:a=5and tag:b=6')).toMatchObject({ kind: 'and' });
  });

  it('applies not twice', () => {
    expect(parsed("not not tag:a='1'")).toEqual({ kind: 'not', operand: { kind: 'not', operand: a } });
  });

  it.each([
    "tag:color = 'pink' and (server:Host.Os.Family = 'windows' or tag:color := 'red')",
    "server:Host.Aws.Ec2InstanceType := 't2' and server:Host.CpuInfo.NumberOfCpus >= 2",
    'server:Host.Memory.TotalBytes > 1024E6',
  ])('takes the example of the developer guide: %s', (text) => {
    expect(parsed(text)).not.toBeNull();
  });
});

describe('the limits of parseRequirements', () => {
  const clauses = (count: number) => Array.from({ length: count }, () => 'tag:a=1').join(' or ');
  const padded = (length: number) => 'tag:a=1'.padEnd(length);

  it('takes texts that just keep them', () => {
    expect(parseRequirements(padded(MAX_CHARACTERS)).ok).toBe(true);
    expect(parseRequirements(clauses(MAX_CLAUSES)).ok).toBe(true);
    expect(parseRequirements(`${'('.repeat(MAX_DEPTH)}tag:a=1${')'.repeat(MAX_DEPTH)}`).ok).toBe(true);
    expect(parseRequirements(`${'not '.repeat(MAX_DEPTH)}tag:a=1`).ok).toBe(true);
  });

  it('counts what is open at once, not what was open before', () => {
    expect(parseRequirements(Array.from({ length: 100 }, () => '(not tag:a=1)').join(' and ')).ok).toBe(true);
  });

  it.each([
    ['length', padded(MAX_CHARACTERS + 1), MAX_CHARACTERS + 1, '4097 characters'],
    ['clauses', clauses(MAX_CLAUSES + 1), 256 * 'tag:a=1 or '.length + 1, 'more than 256 comparisons'],
    ['parentheses', '('.repeat(2000), MAX_DEPTH + 1, 'nested more than 32 deep'],
    ['not', 'not '.repeat(1000), MAX_DEPTH * 4 + 1, 'nested more than 32 deep'],
  ])('refuses too much %s and says where', (_what, text, column, words) => {
    expect(parseRequirements(text)).toEqual({
      ok: false,
      problem: { message: expect.stringContaining(words) as string, column, expected: [] },
    });
  });
});
