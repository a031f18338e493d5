import { parseRequirements } from './parse.js';
import { describeProblem } from './problem.js';

function refusal(text: string): string {
  const result = parseRequirements(text);
  if (result.ok) throw new Error(`accepted: ${text}`);
  return describeProblem(result.problem);
}

const term = 'expected tag:<key>, server:<Property>, "not" or "("';
const operator = 'expected an operator (= != > >= < <= :=)';
const value = 'expected a value in single quotes or a number';
const text = 'expected a value in single quotes';
const end = 'expected "and", "or" or the end of the text';
const property = 'expected a server property';

describe('the sentence about a refused requirement', () => {
  it.each([
    // values
    ['server:Id = windows', `column 13: ${value}, found "windows"; put text in single quotes: 'windows'`],
    ['tag:a = "win"', `column 9: ${value}, found "win"; put text in single quotes: 'win'`],
    ['tag:a = “win”', `column 9: ${value}, found "“win”"; put text in single quotes: 'win'`],
    ['tag:a = "it\'s"', `column 9: ${value}, found "it's"; put text in single quotes: 'it''s'`],
    ['tag:a = 10.0.0.1', `column 9: ${value}, found "10.0.0.1"; put text in single quotes: '10.0.0.1'`],
    ['tag:a = 5px', `column 9: ${value}, found "5px"; put text in single quotes: '5px'`],
    ['tag:a = 5e', `column 9: ${value}, found "5e"; put text in single quotes: '5e'`],
    ['tag:a = 5e+', `column 9: ${value}, found "5e"; put text in single quotes: '5e'`],
    ['tag:a = .5', `column 9: ${value}, found ".5"; write a digit before the point, as in 0.5`],
    ['tag:a = 1e999', `column 9: ${value}, found "1e999"; the number is too large`],
    ['tag:a =', `column 8: ${value}, found the end of the text`],
    ["tag:a == 'x'", `column 7: ${operator}, found "=="; write "=" once`],
    ['tag:a = = 1', `column 9: ${value}, found "="`],
    [
      'tag:a = tag:b',
      `column 9: ${value}, found "tag:b"; a tag or property is compared with a value, not with another one`,
    ],
    [
      "tag:a = 'pink",
      `column 9: ${value}, found 'pink; the quote opened here is never closed: add ' after the value`,
    ],
    ['tag:test := 1', `column 13: ${text}, found "1"; ":=" looks for text: put the number in single quotes`],
    ['tag:test := red', `column 13: ${text}, found "red"; put text in single quotes: 'red'`],
    // terms
    [
      "color = 'pink'",
      `column 1: ${term}, found "color"; name a tag as tag:color, a server property as server:<Property>`,
    ],
    [
      "notag:x = 'y'",
      `column 1: ${term}, found "notag:x"; name a tag as tag:notag:x, a server property as server:<Property>`,
    ],
    ["Tag:x = 'y'", `column 1: ${term}, found "Tag:x"; write "tag:" and "server:" in small letters`],
    [
      "tag :x = 'y'",
      `column 1: ${term}, found "tag"; write "tag:" or "server:" and what it names without blanks`,
    ],
    [
      "'pink' = tag:a",
      `column 1: ${term}, found 'pink'; the value comes last: write the tag or property, then the operator, then the value`,
    ],
    ['tag:a = 1 and', `column 14: ${term}, found the end of the text; a comparison is missing here`],
    ['and tag:a = 1', `column 1: ${term}, found "and"`],
    ['()', `column 2: ${term}, found ")"`],
    ['!tag:a = 1', `column 1: ${term}, found "!"; write "not"`],
    ["tag: a = 'x'", `column 1: ${term}, found "tag:"; write the key of the tag right after "tag:"`],
    [
      "server:='x'",
      `column 1: ${term}, found "server"; write "tag:" or "server:" and what it names without blanks`,
    ],
    ["server: Id='x'", `column 1: ${term}, found "server:"; write the property right after "server:"`],
    ...['tag:my-key', 'tag:1a', 'tag:a.b', 'tag:a:b', 'tag:dcv:', 'tag:größe'].map((key) => [
      `${key} = 1`,
      `column 1: ${term}, found "${key}"; the key of a tag has letters, digits and "_" only and does not start with a digit`,
    ]),
    // operators
    ["tag:a 'x'", `column 7: ${operator}, found 'x'`],
    ["tag:a is 'x'", `column 7: ${operator}, found "is"`],
    ["tag:a not = 'x'", `column 7: ${operator}, found "not"; write "!=", or put "not" before the comparison`],
    ['tag:a', `column 6: ${operator}, found the end of the text`],
    // what follows a comparison
    ["tag:a='1' tag:b='2'", `column 11: ${end}, found "tag:b"; join comparisons with "and" or "or"`],
    ["tag:a='1' && tag:b='2'", `column 11: ${end}, found "&&"; write "and"`],
    ["tag:a='1' andtag:b='2'", `column 11: ${end}, found "andtag:b"; join comparisons with "and" or "or"`],
    ["tag:a='it's'", `column 11: ${end}, found "s"; write a quote inside a value twice: ''`],
    ["tag:a='1')", `column 10: ${end}, found ")"; it closes nothing: remove it, or add "(" before`],
    ["tag:a='1';", `column 10: ${end}, found ";"; remove it, or put it into a value in single quotes`],
    [
      "tag:x='1' and (tag:a='1'",
      `column 25: expected "and", "or" or ")", found the end of the text; the "(" at column 15 is never closed: add ")"`,
    ],
    [
      "(tag:a='1' tag:b='2')",
      `column 12: expected "and", "or" or ")", found "tag:b"; join comparisons with "and" or "or"`,
    ],
    // properties
    [
      "server:Host.Os.Famly = 'x'",
      `column 8: ${property}, found "Host.Os.Famly"; did you mean "Host.Os.Family"?`,
    ],
    [
      "server:host.os.family = 'x'",
      `column 8: ${property}, found "host.os.family"; did you mean "Host.Os.Family"?`,
    ],
    [
      "server:InstanceType = 'x'",
      `column 8: ${property}, found "InstanceType"; did you mean "Host.Aws.Ec2InstanceType"?`,
    ],
    [
      'server:Host.CpuInfo.PhysicalCorePerCpu = 2',
      `column 8: ${property}, found "Host.CpuInfo.PhysicalCorePerCpu"; did you mean "Host.CpuInfo.PhysicalCoresPerCpu"?`,
    ],
  ])('%s', (written, sentence) => {
    expect(refusal(written)).toBe(sentence);
  });

  it.each(['zzzzzz', 'constructor', '__proto__', 'x', 'x'.repeat(4000)])(
    'lists the properties when none is near %s',
    (name) => {
      const sentence = refusal(`server:${name} = 1`);
      expect(sentence).toContain('known are Id, Hostname, Version,');
      expect(sentence.length).toBeLessThan(1000);
    },
  );

  it('shows user text without characters that disturb a log line, and not at length', () => {
    expect(refusal('tag:a = \u001b')).toContain('found "\\u001b"');
    expect(refusal('tag:a = x\u202ey')).toContain("put text in single quotes: 'x\\u202ey'");
    expect(refusal('tag:a = \ud800')).toContain('found "\\ud800"');
    expect(refusal(`tag:a = ${'x'.repeat(4000)}`).length).toBeLessThan(200);
  });

  it('leaves out what was expected when a limit was exceeded', () => {
    expect(refusal(' '.repeat(5000))).toBe(
      'column 4097: the text has 5000 characters: shorten it to at most 4096',
    );
  });
});
