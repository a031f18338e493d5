import { MAX_CHARACTERS, MAX_CLAUSES, MAX_DEPTH } from './limits.js';
import { nearestProperty } from './nearest-property.js';
import { shown, type SyntaxProblem } from './problem.js';
import { SERVER_PROPERTIES, serverProperty } from './properties.js';
import { remedyFor, type Place } from './remedies.js';
import { readToken, type Token } from './tokens.js';
import type { Comparison, Requirement, Subject, Value } from './tree.js';

export type ParsedRequirements =
  | { readonly ok: true; readonly tree: Requirement | null }
  | { readonly ok: false; readonly problem: SyntaxProblem };

/** Gives the first token at or after a position of the text that is being parsed. */
export type TokenReader = (text: string, from: number) => Token;

/**
 * Reads the `Requirements` of a session (developer guide, CreateSessions). Never throws; takes time in proportion to
 * the length of the text, each token being read once.
 *
 * - `tree: null` for empty or blank text: every server will do.
 * - otherwise the first problem from the left, or the limit that was exceeded.
 */
export function parseRequirements(text: string): ParsedRequirements {
  return parseTokens(text, readToken);
}

/** As `parseRequirements`, with the reader as a parameter, so that a test can count what is read. */
export function parseTokens(text: string, read: TokenReader): ParsedRequirements {
  if (text.length > MAX_CHARACTERS) {
    const message = `the text has ${text.length} characters: shorten it to at most ${MAX_CHARACTERS}`;
    return { ok: false, problem: { message, column: MAX_CHARACTERS + 1, expected: [] } };
  }
  try {
    return { ok: true, tree: new Parser(text, read).whole() };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, problem: error.problem };
    throw error;
  }
}

/** Leaves the recursive descent at the first problem; never leaves this file. */
class Refusal extends Error {
  constructor(readonly problem: SyntaxProblem) {
    super(problem.message);
  }
}

const expectations: Readonly<Record<Place, readonly string[]>> = {
  term: ['tag:<key>', 'server:<Property>', '"not"', '"("'],
  operator: ['an operator (= != > >= < <= :=)'],
  value: ['a value in single quotes', 'a number'],
  containedText: ['a value in single quotes'],
  join: ['"and"', '"or"', '")"'],
  end: ['"and"', '"or"', 'the end of the text'],
};

class Parser {
  readonly #text: string;
  readonly #read: TokenReader;
  #token: Token;
  #previous: Token | undefined;
  #depth = 0;
  #clauses = 0;

  constructor(text: string, read: TokenReader) {
    this.#text = text;
    this.#read = read;
    this.#token = read(text, 0);
  }

  whole(): Requirement | null {
    if (this.#isAt('end')) return null;
    const tree = this.#anyOf();
    if (!this.#isAt('end')) this.#misfit('end');
    return tree;
  }

  #anyOf(): Requirement {
    return this.#joined('or', () => this.#joined('and', () => this.#term()));
  }

  #joined(kind: 'and' | 'or', operand: () => Requirement): Requirement {
    const first = operand();
    if (!this.#isAt(kind)) return first;
    this.#take();
    const second = operand();
    const others: Requirement[] = [];
    while (this.#isAt(kind)) {
      this.#take();
      others.push(operand());
    }
    return { kind, operands: [first, second, ...others] };
  }

  #term(): Requirement {
    if (this.#isAt('not')) {
      return this.#nested(() => ({ kind: 'not', operand: this.#term() }));
    }
    if (this.#isAt('open')) {
      return this.#nested((opener) => {
        const inside = this.#anyOf();
        this.#close(opener);
        return inside;
      });
    }
    return this.#comparison();
  }

  /** Takes the `not` or `(` at hand and reads what it governs. */
  #nested(read: (opener: Token) => Requirement): Requirement {
    if (this.#depth === MAX_DEPTH) {
      const message = `parentheses and "not" are nested more than ${MAX_DEPTH} deep: write the requirement flatter`;
      this.#refuse(this.#token.start, message, []);
    }
    this.#depth++;
    const tree = read(this.#take());
    this.#depth--;
    return tree;
  }

  #close(opener: Token): void {
    if (this.#isAt('end')) {
      this.#misfit('join', `the "(" at column ${opener.start + 1} is never closed: add ")"`);
    }
    if (!this.#isAt('close')) this.#misfit('join');
    this.#take();
  }

  #comparison(): Comparison {
    const start = this.#token.start;
    const subject = this.#subject();
    if (++this.#clauses > MAX_CLAUSES) {
      this.#refuse(start, `there are more than ${MAX_CLAUSES} comparisons: remove some`, []);
    }
    if (this.#token.kind !== 'operator') this.#misfit('operator');
    const { operator } = this.#token;
    this.#take();
    if (operator !== ':=') return { kind: 'comparison', subject, operator, value: this.#value('value') };
    const value = this.#value('containedText');
    return { kind: 'comparison', subject, operator, value };
  }

  #subject(): Subject {
    const token = this.#token;
    if (token.kind === 'tag') {
      this.#take();
      return { kind: 'tag', key: token.key };
    }
    if (token.kind !== 'server') this.#misfit('term');
    const property = serverProperty(token.name);
    if (property === undefined) this.#unknownProperty(token.name, token.end - token.name.length);
    this.#take();
    return { kind: 'server', property };
  }

  #value(place: 'containedText'): Extract<Value, { kind: 'text' }>;
  #value(place: 'value'): Value;
  #value(place: 'value' | 'containedText'): Value {
    const token = this.#token;
    if (token.kind === 'text') {
      this.#take();
      return { kind: 'text', text: token.text };
    }
    if (token.kind !== 'number' || place === 'containedText') this.#misfit(place);
    this.#take();
    return { kind: 'number', number: token.number };
  }

  #isAt(kind: Token['kind']): boolean {
    return this.#token.kind === kind;
  }

  #take(): Token {
    const taken = this.#token;
    this.#previous = taken;
    this.#token = this.#read(this.#text, taken.end);
    return taken;
  }

  #unknownProperty(name: string, at: number): never {
    const nearest = nearestProperty(name);
    const remedy =
      nearest === undefined ? `known are ${SERVER_PROPERTIES.join(', ')}` : `did you mean "${nearest}"?`;
    this.#refuse(at, `found "${shown(name)}"; ${remedy}`, ['a server property']);
  }

  #misfit(place: Place, knownRemedy?: string): never {
    const token = this.#token;
    const lexeme = shown(this.#text.slice(token.start, token.end));
    const found = token.kind === 'end' ? 'found the end of the text' : `found ${around(lexeme)}`;
    const remedy = knownRemedy ?? remedyFor(place, token, this.#previous);
    this.#refuse(token.start, remedy === undefined ? found : `${found}; ${remedy}`, expectations[place]);
  }

  #refuse(at: number, message: string, expected: readonly string[]): never {
    throw new Refusal({ message, column: at + 1, expected });
  }
}

/** Double quotes around what was found, unless it brings its own, which would be hard to read. */
function around(lexeme: string): string {
  return lexeme.startsWith('"') || lexeme.startsWith("'") ? lexeme : `"${lexeme}"`;
}
