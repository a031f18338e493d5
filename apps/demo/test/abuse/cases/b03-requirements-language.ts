import { isDeepStrictEqual } from 'node:util';
import {
  MAX_CHARACTERS,
  parseRequirements,
  printRequirements,
  SERVER_PROPERTIES,
  type ParsedRequirements,
} from '@dcvsm/requirements';
import { systemClock, type Random } from '@dcvsm/runtime';
import { seededRandom } from '@dcvsm/testkit';
import { atMost, howMany, none, Tally, type Abuse, type Finding, type Form } from '../abuse-case.js';

const clock = systemClock();
const LIMIT_MS = 1;
/** Four times the text, and what starting costs once more. */
const LIMIT_RATIO = 5;

export const abuse: Abuse = async (form) => [...survival(form), ...speed(form)];

function survival(form: Form): Finding[] {
  const count = howMany(form, 1_000_000, 10_000);
  const texts = new Texts(seededRandom(form.seed));
  const wrong: string[] = [];
  const outcomes = new Tally();
  for (let index = 0; index < count; index += 1) {
    const text = texts.next();
    const problem = problemWith(text, outcomes);
    if (problem !== null) wrong.push(`${JSON.stringify(text)}: ${problem}`);
  }
  return [
    none(
      'texts that crash it, or whose tree is not printed and read back as it was',
      count,
      wrong,
      outcomes.toString(),
    ),
  ];
}

function problemWith(text: string, outcomes: Tally): string | null {
  try {
    const result = parseRequirements(text);
    outcomes.add(result.ok ? 'understood' : 'refused');
    return result.ok ? roundTripProblem(result) : columnProblem(text, result);
  } catch (error) {
    return String(error);
  }
}

function roundTripProblem(result: ParsedRequirements & { ok: true }): string | null {
  const printed = printRequirements(result.tree);
  return isDeepStrictEqual(parseRequirements(printed), result) ? null : `printed as ${printed}`;
}

function columnProblem(text: string, { problem }: ParsedRequirements & { ok: false }): string | null {
  return problem.column >= 1 && problem.column <= text.length + 1
    ? null
    : `a problem at column ${problem.column}`;
}

const PIECES =
  "tag: a server: Id  = != := < > <= >= ' '' \" ( ) and not or 1 . e - dcv: \u00a0 ’ \ud800 \n \0 == && || ! 'x' 1e9 0x".split(
    ' ',
  );

/** Random texts: a third of them from the grammar, a third of its pieces in any order, a third of anything. */
class Texts {
  constructor(readonly random: Random) {}

  next(): string {
    const kind = this.below(3);
    if (kind === 0) return this.below(4) === 0 ? this.damaged(this.expression(4)) : this.expression(4);
    return kind === 1
      ? this.many(40, () => `${this.oneOf(PIECES)}${this.oneOf(['', ' '])}`)
      : this.anything();
  }

  private expression(depth: number): string {
    const kind = depth === 0 ? 0 : this.below(5);
    if (kind <= 1) return this.comparison();
    if (kind === 2) return `not ${this.expression(depth - 1)}`;
    if (kind === 3) return `(${this.expression(depth - 1)})`;
    return `${this.expression(depth - 1)} ${this.oneOf(['and', 'or', 'AND'])} ${this.expression(depth - 1)}`;
  }

  private comparison(): string {
    const subject =
      this.below(2) === 0 ? `tag:${this.oneOf(['a', 'color', 'dcv:os-family', 'and'])}` : this.property();
    const operator = this.oneOf(['=', '!=', '<', '<=', '>', '>=', ':=']);
    return `${subject} ${operator} ${this.below(3) === 0 ? this.number() : this.quoted()}`;
  }

  private property(): string {
    return `server:${this.oneOf(SERVER_PROPERTIES)}`;
  }

  private number(): string {
    return this.oneOf([
      '0',
      '-1',
      '1e3',
      '4.5',
      '-0',
      '1e400',
      '99999999999999999999',
      '.5',
      String(this.below(1e9)),
    ]);
  }

  private quoted(): string {
    return `'${this.anything().slice(0, 20).replaceAll("'", "''")}'`;
  }

  private damaged(text: string): string {
    const at = this.below(text.length + 1);
    return text.slice(0, at) + this.oneOf(PIECES) + text.slice(at + this.below(3));
  }

  private anything(): string {
    const highest = this.oneOf([0x7f, 0xff, 0xffff]);
    return this.many(80, () => String.fromCharCode(this.below(highest + 1)));
  }

  private many(most: number, make: () => string): string {
    return Array.from({ length: this.below(most) }, make).join('');
  }

  private oneOf<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item;
  }

  private below(limit: number): number {
    return Math.floor(this.random.next() * limit);
  }
}

/** Texts of any length, each of a kind that could make a parser go back and forth. */
const KINDS: readonly (readonly [string, (characters: number) => string])[] = [
  ['comparisons', (n) => fill("tag:a='x'", ' and ', n)],
  ['groups', (n) => fill('not(tag:a=1)', ' or ', n)],
  ['opened groups', (n) => '('.repeat(n)],
  ['quotes', (n) => `tag:a = '${"''".repeat(n / 2)}`.slice(0, n)],
  ['one long value', (n) => `tag:a = '${'x'.repeat(n - 10)}'`],
  ['one long key', (n) => `tag:${'a'.repeat(n - 8)} = 1`],
  ['one long number', (n) => `tag:a = ${'1'.repeat(n - 8)}`],
  ['an unknown property', (n) => `server:${'Host.'.repeat(n / 5)}`.slice(0, n)],
  ['colons', (n) => 'a:'.repeat(n / 2)],
  ['blanks', (n) => `${' '.repeat(n - 8)}tag:a=1 `],
  ['operators', (n) => 'tag:a '.concat('!='.repeat(n / 2)).slice(0, n)],
];

function fill(item: string, joint: string, characters: number): string {
  const count = Math.floor((characters + joint.length) / (item.length + joint.length));
  return Array.from({ length: count }, () => item).join(joint);
}

function speed(form: Form): Finding[] {
  const rounds = howMany(form, 400, 40);
  const times = KINDS.map(([kind, textOf]) => {
    const [short, long] = [textOf(MAX_CHARACTERS / 4), textOf(MAX_CHARACTERS)];
    const [shortMs, longMs] = leastMs([short, long], rounds) as [number, number];
    // Below a microsecond the clock decides, and nothing can be slow.
    return { kind, longMs, ratio: longMs > 0.001 ? longMs / shortMs : 0 };
  });
  const slowest = times.reduce((worst, one) => (one.longMs > worst.longMs ? one : worst));
  const steepest = times.reduce((worst, one) => (one.ratio > worst.ratio ? one : worst));
  const inputs = KINDS.length * rounds;
  return [
    atMost('time for 4 KiB, slowest kind of text', {
      inputs,
      value: slowest.longMs,
      limit: LIMIT_MS,
      unit: 'ms',
      outcome: slowest.kind,
    }),
    atMost('time for 4 KiB by time for 1 KiB, worst kind of text', {
      inputs,
      value: steepest.ratio,
      limit: LIMIT_RATIO,
      outcome: steepest.kind,
    }),
  ];
}

/** The least time of many rounds is the parser's own; all else is the machine's. The texts take turns. */
function leastMs(texts: readonly string[], rounds: number): number[] {
  const least = texts.map(() => Infinity);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, text] of texts.entries()) {
      const startMs = clock.monotonicMs();
      for (let repeat = 0; repeat < 10; repeat += 1) parseRequirements(text);
      least[index] = Math.min(least[index] ?? Infinity, (clock.monotonicMs() - startMs) / 10);
    }
  }
  return least;
}
