import fc from 'fast-check';
import { compileRequirements, type RequirementSubject } from './compile.js';
import { MAX_CHARACTERS } from './limits.js';
import { parseRequirements, parseTokens } from './parse.js';
import { printRequirements } from './print.js';
import { describeProblem } from './problem.js';
import { SERVER_PROPERTIES, type ServerProperty } from './properties.js';
import { readToken, type Token } from './tokens.js';
import type { Comparison, Operands, Requirement, Subject } from './tree.js';

const key = fc.oneof(
  fc.constantFrom('a', 'b', 'and', 'dcv:os-family'),
  fc.stringMatching(/^[A-Za-z_]\w{0,8}$/),
);
const subject: fc.Arbitrary<Subject> = fc.oneof(
  fc.record({ kind: fc.constant('tag' as const), key }),
  fc.record({ kind: fc.constant('server' as const), property: fc.constantFrom(...SERVER_PROPERTIES) }),
);
const text = fc.oneof(
  fc.constantFrom('', "'", 'pink', '10', '9', '1e1', '-0', ' 1', '0x1'),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const finite = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .map((number) => (number === 0 ? 0 : number));
const number = fc.oneof(
  fc.integer({ min: -12, max: 12 }).map((n) => n + 0),
  finite,
);
const textValue = fc.record({ kind: fc.constant('text' as const), text });
const numberValue = fc.record({ kind: fc.constant('number' as const), number });
const comparison: fc.Arbitrary<Comparison> = fc.oneof(
  fc.record({
    kind: fc.constant('comparison' as const),
    subject,
    operator: fc.constantFrom('=', '!=', '<', '<=', '>', '>='),
    value: fc.oneof(textValue, numberValue),
  }),
  fc.record({
    kind: fc.constant('comparison' as const),
    subject,
    operator: fc.constant(':=' as const),
    value: textValue,
  }),
);
const { tree } = fc.letrec<{ tree: Requirement }>((tie) => {
  const operands = fc.array(tie('tree'), { minLength: 2, maxLength: 4 }) as unknown as fc.Arbitrary<Operands>;
  return {
    tree: fc.oneof(
      { maxDepth: 5 },
      comparison,
      fc.record({ kind: fc.constant('not' as const), operand: tie('tree') }),
      fc.record({ kind: fc.constantFrom('and', 'or'), operands }),
    ),
  };
});
const printable = tree.filter((tree) => printRequirements(tree).length <= MAX_CHARACTERS);

const pieces = [
  'tag:',
  'a',
  'server:',
  'Id',
  ' ',
  '=',
  '!=',
  ':=',
  "'",
  '"',
  '(',
  ')',
  'and',
  ' not ',
  'or ',
  '1',
  '.',
  'e',
  '-',
  'dcv:',
  '\u00a0',
  '’',
  '\ud800',
];
const nearlyValid = fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((parts) => parts.join(''));
const anyText = fc.oneof(
  nearlyValid,
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ maxLength: 200 }),
);

describe('the placement language', () => {
  it('reads back every tree it prints', () => {
    fc.assert(
      fc.property(printable, (tree) => {
        expect(parseRequirements(printRequirements(tree))).toEqual({ ok: true, tree });
      }),
      { numRuns: 1000 },
    );
  });

  it('answers every text with a tree that prints and reads back, or with a problem inside the text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const result = parseRequirements(text);
        if (result.ok) {
          expect(parseRequirements(printRequirements(result.tree))).toEqual(result);
          return;
        }
        expect(result.problem.column).toBeGreaterThanOrEqual(1);
        expect(result.problem.column).toBeLessThanOrEqual(text.length + 1);
        expect(describeProblem(result.problem)).toMatch(/^column \d+: [^\p{Cc}\p{Cs}]+$/u);
      }),
      { numRuns: 3000 },
    );
  });

  it('decides as the plain reading of the rules does', () => {
    const facts = fc.dictionary(fc.constantFrom('a', 'b', 'and', 'dcv:os-family'), text, {
      noNullPrototype: true,
    });
    const properties = fc.dictionary(
      fc.constantFrom(...SERVER_PROPERTIES),
      fc.oneof(text, number, fc.constant(NaN)),
    );
    fc.assert(
      fc.property(tree, facts, properties, (tree, tags, properties) => {
        const server: RequirementSubject = {
          tag: (key) => (Object.hasOwn(tags, key) ? tags[key] : undefined),
          property: (property: ServerProperty) => properties[property],
        };
        expect(compileRequirements(tree)(server)).toBe(interpret(tree, server));
      }),
      { numRuns: 3000 },
    );
  });
});

describe('the work of parsing', () => {
  it('splits every text into tokens that follow each other with only blanks between', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        let at = 0;
        let token: Token;
        do {
          token = readToken(text, at);
          expect(text.slice(at, token.start).trim()).toBe('');
          expect(token.start < token.end || token.kind === 'end').toBe(true);
          at = token.end;
        } while (token.kind !== 'end');
        expect(at).toBe(text.length);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['clauses', (n: number) => Array.from({ length: n }, () => "tag:a='x'").join(' and ')],
    ['groups', (n: number) => Array.from({ length: n }, () => 'not(tag:a=1)').join('or ')],
  ])('reads each token once, so four times the %s take four times the steps', (_what, textOf) => {
    const steps = (text: string) => {
      const starts: number[] = [];
      const result = parseTokens(text, (text, from) => {
        const token = readToken(text, from);
        starts.push(token.start);
        return token;
      });
      expect(result.ok).toBe(true);
      expect(new Set(starts).size).toBe(starts.length);
      return starts.length;
    };
    expect(steps(textOf(256)) / steps(textOf(64))).toBeCloseTo(4, 1);
  });
});

/** The rules written out one after the other, sharing nothing with the compiler. */
function interpret(tree: Requirement, server: RequirementSubject): boolean {
  if (tree.kind === 'and') return !tree.operands.map((operand) => interpret(operand, server)).includes(false);
  if (tree.kind === 'or') return tree.operands.map((operand) => interpret(operand, server)).includes(true);
  if (tree.kind === 'not') return !interpret(tree.operand, server);
  const { subject, operator, value } = tree;
  const fact = subject.kind === 'tag' ? server.tag(subject.key) : server.property(subject.property);
  if (operator === '!=') return !interpret({ ...tree, operator: '=' }, server);
  if (fact === undefined) return false;
  if (operator === ':=') return `${fact}`.split(value.text).length > 1 || value.text === '';
  const wanted = value.kind === 'text' ? value.text : value.number;
  const bothText = typeof fact === 'string' && typeof wanted === 'string';
  if (operator === '=' && bothText) return fact === wanted;
  const [left, right] = [plainNumber(fact), plainNumber(wanted)];
  if (left !== null && right !== null) return sign(left, right, operator);
  return bothText && sign(fact, wanted, operator);
}

function plainNumber(value: string | number): number | null {
  if (typeof value === 'number') return value;
  return /^[+-]?\d+(\.\d*)?([eE][+-]?\d+)?$/.test(value) && Number.isFinite(+value) ? +value : null;
}

function sign<T extends string | number>(
  left: T,
  right: T,
  operator: '=' | '<' | '<=' | '>' | '>=',
): boolean {
  if (left < right) return operator === '<' || operator === '<=';
  if (left > right) return operator === '>' || operator === '>=';
  return left === right && operator !== '<' && operator !== '>';
}
