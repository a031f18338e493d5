import { MAX_CHARACTERS } from './limits.js';
import { quoteText } from './quote.js';
import type { Comparison, Requirement, Value } from './tree.js';

/**
 * The canonical text of a tree: small keywords, one blank around operators, no needless parentheses, `''` for null.
 * Parsing it gives an equal tree. A text that would exceed the length limit only because of its blanks and plainly
 * written numbers is printed without them, so whatever could be parsed can be printed and parsed again.
 */
export function printRequirements(tree: Requirement | null): string {
  if (tree === null) return '';
  const text = print(tree, roomy);
  return text.length <= MAX_CHARACTERS ? text : print(tree, tight);
}

interface Layout {
  readonly comparison: (subject: string, operator: string, value: string) => string;
  readonly joined: (operands: readonly string[], keyword: string) => string;
  readonly not: (operand: string) => string;
  readonly number: (number: number) => string;
}

const roomy: Layout = {
  comparison: (subject, operator, value) => `${subject} ${operator} ${value}`,
  joined: (operands, keyword) => operands.join(` ${keyword} `),
  not: (operand) => `not ${operand}`,
  number: String,
};

const tight: Layout = {
  comparison: (subject, operator, value) => `${subject}${operator}${value}`,
  joined: (operands, keyword) =>
    operands.reduce((before, operand) => before + afterKeyword(keyword, operand)),
  not: (operand) => afterKeyword('not', operand),
  number: shortestNumber,
};

function print(tree: Requirement, layout: Layout): string {
  switch (tree.kind) {
    case 'comparison':
      return printComparison(tree, layout);
    case 'not':
      return layout.not(printWithin(tree.kind, tree.operand, layout));
    case 'and':
    case 'or': {
      const operands = tree.operands.map((operand) => printWithin(tree.kind, operand, layout));
      return layout.joined(operands, tree.kind);
    }
  }
}

function printWithin(outer: 'and' | 'or' | 'not', inner: Requirement, layout: Layout): string {
  const text = print(inner, layout);
  const needsGroup = inner.kind === 'or' || (inner.kind === 'and' && outer !== 'or');
  return needsGroup ? `(${text})` : text;
}

function printComparison({ subject, operator, value }: Comparison, layout: Layout): string {
  const name = subject.kind === 'tag' ? `tag:${subject.key}` : `server:${subject.property}`;
  return layout.comparison(name, operator, printValue(value, layout));
}

function printValue(value: Value, layout: Layout): string {
  return value.kind === 'text' ? quoteText(value.text) : layout.number(value.number);
}

function afterKeyword(keyword: string, operand: string): string {
  return operand.startsWith('(') ? keyword + operand : `${keyword} ${operand}`;
}

/** 12000 as `12e3`: of the plain, scientific and whole-mantissa spellings the shortest. */
function shortestNumber(number: number): string {
  const scientific = number.toExponential().replace('+', '');
  const [mantissa = '', exponent = ''] = scientific.split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const wholeMantissa = `${whole}${fraction}e${Number(exponent) - fraction.length}`;
  return [String(number), scientific, wholeMantissa].reduce((best, other) =>
    other.length < best.length ? other : best,
  );
}
