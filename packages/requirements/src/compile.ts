import { numericText } from './numbers.js';
import type { ServerProperty } from './properties.js';
import type { Comparison, OrderOperator, Requirement, Subject, Value } from './tree.js';

/** What a requirement needs to know of a server. `undefined` means the server has no such tag, or never told. */
export interface RequirementSubject {
  tag(key: string): string | undefined;
  property(property: ServerProperty): string | number | undefined;
}

export type RequirementTest = (server: RequirementSubject) => boolean;

type Fact = string | number;

/**
 * Turns a tree into a function that tells whether a server meets it. `null` is met by every server.
 *
 * - A server without the tag or property meets no comparison but `!=`: `tag:color != 'pink'` also takes servers that have
 *   no color. `a != v` always means `not a = v`, there is no third truth value.
 * - `=` with text: equal letter by letter, case counts, `'4.0'` is not `'4'`. With a number: equal as numbers.
 * - `<` `<=` `>` `>=`: as numbers when both sides are numbers or numeric text, so `'10' > '9'`. Two texts of which one is
 *   not numeric compare by UTF-16 code unit, so `'10.2' > '10.19.1'`. A number and a text that is not numeric: not met.
 * - `:=`: the fact contains the text, case counts; `:= ''` is met by every server that has the tag or property.
 * - A number fact against text: equal and ordered as numbers when the text is numeric, else not met; `:=` looks into the
 *   number's decimal digits.
 *
 * Numeric text is written as numbers are in the language, without blanks: `-1.5e3` is numeric, `0x10` and `' 1'` are not.
 */
export function compileRequirements(tree: Requirement | null): RequirementTest {
  return tree === null ? () => true : compile(tree);
}

function compile(tree: Requirement): RequirementTest {
  switch (tree.kind) {
    case 'and': {
      const tests = tree.operands.map(compile);
      return (server) => tests.every((test) => test(server));
    }
    case 'or': {
      const tests = tree.operands.map(compile);
      return (server) => tests.some((test) => test(server));
    }
    case 'not': {
      const test = compile(tree.operand);
      return (server) => !test(server);
    }
    case 'comparison':
      return compileComparison(tree);
  }
}

function compileComparison(comparison: Comparison): RequirementTest {
  const fact = factOf(comparison.subject);
  const holds = comparisonTest(comparison);
  const wanted = comparison.operator !== '!=';
  return (server) => {
    const actual = fact(server);
    return (actual !== undefined && holds(actual)) === wanted;
  };
}

function factOf(subject: Subject): (server: RequirementSubject) => Fact | undefined {
  if (subject.kind === 'tag') {
    const { key } = subject;
    return (server) => server.tag(key);
  }
  const { property } = subject;
  return (server) => server.property(property);
}

/** For `!=` the test of `=`: the caller turns it round, and so gives the missing fact its meaning as well. */
function comparisonTest({ operator, value }: Comparison): (actual: Fact) => boolean {
  switch (operator) {
    case '=':
    case '!=':
      return equals(value);
    case ':=':
      return (actual) => String(actual).includes(value.text);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return isOrdered(orders[operator], value);
  }
}

function equals(value: Value): (actual: Fact) => boolean {
  if (value.kind === 'number') return (actual) => asNumber(actual) === value.number;
  const { text } = value;
  const number = numericText(text);
  return (actual) => actual === (typeof actual === 'string' ? text : number);
}

function isOrdered(inOrder: (left: Fact, right: Fact) => boolean, value: Value): (actual: Fact) => boolean {
  const number = value.kind === 'number' ? value.number : numericText(value.text);
  const text = value.kind === 'text' ? value.text : undefined;
  return (actual) => {
    const actualNumber = asNumber(actual);
    if (actualNumber !== undefined && number !== undefined) return inOrder(actualNumber, number);
    return typeof actual === 'string' && text !== undefined && inOrder(actual, text);
  };
}

const orders: Readonly<Record<OrderOperator, (left: Fact, right: Fact) => boolean>> = {
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};

function asNumber(fact: Fact): number | undefined {
  return typeof fact === 'number' ? fact : numericText(fact);
}
