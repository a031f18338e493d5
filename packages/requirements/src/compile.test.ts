import { compileRequirements, type RequirementSubject } from './compile.js';
import { parseRequirements } from './parse.js';
import type { ServerProperty } from './properties.js';

interface Facts {
  readonly tags?: Readonly<Record<string, string>>;
  readonly properties?: Partial<Record<ServerProperty, string | number>>;
}

function server({ tags = {}, properties = {} }: Facts): RequirementSubject {
  return { tag: (key) => tags[key], property: (property) => properties[property] };
}

function meets(facts: Facts, text: string): boolean {
  const result = parseRequirements(text);
  if (!result.ok) throw new Error(result.problem.message);
  return compileRequirements(result.tree)(server(facts));
}

describe('compileRequirements', () => {
  it('lets every server meet the empty requirement', () => {
    expect(compileRequirements(null)(server({}))).toBe(true);
  });

  const host: Facts = {
    tags: { color: 'pink', size: '10', version: '10.19.1', empty: '', hex: '0x10' },
    properties: {
      'Host.Os.Family': 'windows',
      'Host.Os.BuildNumber': '19045',
      'Host.Memory.TotalBytes': 2_048_000_000,
      'Host.CpuInfo.NumberOfCpus': 4,
      'Host.CpuLoadAverage.OneMinute': Number.NaN,
      'Host.Aws.Ec2InstanceId': 'i-0abc',
    },
  };

  it.each([
    ['text is equal letter by letter', "tag:color = 'pink'", true],
    ['case counts', "tag:color = 'Pink'", false],
    ['equal texts are not unequal', "tag:color != 'pink'", false],
    ['another text is unequal', "tag:color != 'red'", true],
    ['text equality does not compare numbers', "tag:size = '10.0'", false],
    ['a text contains a part', "tag:color := 'in'", true],
    ['a text does not contain another case', "tag:color := 'IN'", false],
    ['every present fact contains the empty text', "tag:empty := ''", true],
    ['numeric texts are ordered as numbers', "tag:size > '9'", true],
    ['other texts are ordered by code unit', "tag:version < '10.2'", true],
    ['capitals come before small letters', "tag:color > 'Z'", true],
    ['a text is at most itself', "tag:color <= 'pink'", true],
    ['a numeric text equals a number', 'tag:size = 10', true],
    ['a numeric text equals a number however written', 'tag:size = 1.0E1', true],
    ['a numeric text is ordered against a number', 'tag:size >= 11', false],
    ['a text that is no number never equals a number', 'tag:color = 0', false],
    ['a text that is no number differs from each number', 'tag:color != 0', true],
    ['a text that is no number is not below a number', 'tag:color < 1E300', false],
    ['a text that is no number is not above a number', 'tag:color >= -1E300', false],
    ['the empty text is no number', 'tag:empty = 0', false],
    ['hexadecimal is no number', 'tag:hex = 16', false],
    ['a textual property that is numeric is ordered as a number', 'server:Host.Os.BuildNumber > 9999', true],
    ['a number property is compared with a number', 'server:Host.Memory.TotalBytes > 1024E6', true],
    ['a number property equals numeric text', "server:Host.CpuInfo.NumberOfCpus = '4.0'", true],
    ['a number property is ordered against numeric text', "server:Host.CpuInfo.NumberOfCpus < '10'", true],
    ['a number property never equals other text', "server:Host.CpuInfo.NumberOfCpus = 'four'", false],
    ['a number property differs from other text', "server:Host.CpuInfo.NumberOfCpus != 'four'", true],
    [
      'a number property is not ordered against other text',
      "server:Host.CpuInfo.NumberOfCpus < 'four'",
      false,
    ],
    ['a number property contains its digits', "server:Host.Memory.TotalBytes := '2048'", true],
    ['not-a-number equals nothing', 'server:Host.CpuLoadAverage.OneMinute = 0', false],
    ['not-a-number is below nothing', 'server:Host.CpuLoadAverage.OneMinute < 1', false],
    ['both spellings of EC2 read the same property', "server:Host.Aws.EC2InstanceId = 'i-0abc'", true],
    ['and needs both', "tag:color = 'pink' and tag:size = 11", false],
    ['or needs one', "tag:color = 'red' or tag:size = 10", true],
    ['not turns round', "not tag:color = 'red'", true],
    ['and binds tighter than or', "tag:color = 'pink' or tag:size = 10 and tag:size = 11", true],
    ['parentheses bind tighter than and', "(tag:color = 'pink' or tag:size = 10) and tag:size = 11", false],
  ])('%s: %s', (_rule, text, expected) => {
    expect(meets(host, text)).toBe(expected);
  });

  it.each(["= 'x'", "< 'x'", "<= 'x'", "> ''", ">= ''", ":= ''", '= 0', '< 1', '> -1'])(
    'lets no server without the fact meet "%s"',
    (comparison) => {
      expect(meets({}, `tag:absent ${comparison}`)).toBe(false);
      expect(meets({}, `server:Host.Aws.Region ${comparison}`)).toBe(false);
    },
  );

  it.each(["'x'", '5'])('lets a server without the fact meet != %s, as it meets not =', (value) => {
    expect(meets({}, `tag:absent != ${value}`)).toBe(true);
    expect(meets({}, `not tag:absent = ${value}`)).toBe(true);
    expect(meets({}, `not tag:absent != ${value}`)).toBe(false);
    expect(meets({}, `server:Host.Aws.Region != ${value}`)).toBe(true);
  });

  it('asks only for the facts that decide', () => {
    const asked: string[] = [];
    const result = parseRequirements('tag:a = 1 and tag:b = 2 and tag:c = 3');
    const test = compileRequirements(result.ok ? result.tree : null);
    const outcome = test({
      tag: (key) => (asked.push(key), key === 'a' ? '1' : undefined),
      property: () => undefined,
    });
    expect(outcome).toBe(false);
    expect(asked).toEqual(['a', 'b']);
  });
});
