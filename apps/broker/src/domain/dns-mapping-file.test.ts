import { readMappings } from './dns-mapping-file.js';

function problemsOf(...entries: readonly unknown[]): readonly string[] {
  const read = readMappings(entries);
  return read.kind === 'problems' ? read.problems : [];
}

const good = { ServerIdType: 'Ip', ServerId: '10.0.0.1', DnsNames: { InternalDnsName: 'internal' } };

it('reads the three kinds of ids, as the guide prints them', () => {
  const file = [
    good,
    { ServerIdType: 'Id', ServerId: 'c2Vy', DnsNames: { InternalDnsName: 'a.b', ExternalDnsName: 'c.d' } },
    {
      ServerIdType: 'Host.Aws.Ec2InstanceId',
      ServerId: 'i-0648aee30bc78bdff',
      DnsNames: { ExternalDnsName: 'ext' },
    },
  ];
  expect(readMappings(file)).toEqual({
    kind: 'mappings',
    mappings: [
      { serverIdType: 'Ip', serverId: '10.0.0.1', internalDnsName: 'internal' },
      { serverIdType: 'Id', serverId: 'c2Vy', internalDnsName: 'a.b', externalDnsName: 'c.d' },
      {
        serverIdType: 'Host.Aws.Ec2InstanceId',
        serverId: 'i-0648aee30bc78bdff',
        externalDnsName: 'ext',
      },
    ],
    warnings: [],
  });
});

it.each([
  ['ipAddress', 'Ip', '10.0.0.1'],
  ['agentServerId', 'Id', 'x'],
  ['instanceId', 'Host.Aws.Ec2InstanceId', 'i-1'],
  ['Host.Aws.EC2InstanceId', 'Host.Aws.Ec2InstanceId', 'i-1'],
  ['IP', 'Ip', '2001:db8::1'],
])('takes the type %s for %s', (written, serverIdType, serverId) => {
  expect(readMappings([{ ...good, ServerIdType: written, ServerId: serverId }])).toMatchObject({
    mappings: [{ serverIdType, serverId }],
  });
});

it('takes the other spellings of the keys, what it prints itself among them', () => {
  const printed = {
    serverIdType: 'Id',
    serverId: 'x',
    dnsNames: { internalDnsName: 'a', externalDnsName: 'b' },
  };
  const plural = {
    ServerIdType: 'Id',
    ServerId: 'y',
    DnsNames: { InternalDnsNames: 'a', ExternalDnsNames: null },
  };
  expect(readMappings([printed, plural])).toMatchObject({
    mappings: [
      { serverId: 'x', internalDnsName: 'a', externalDnsName: 'b' },
      { serverId: 'y', internalDnsName: 'a' },
    ],
  });
});

it('takes the last of several for one server, and says so', () => {
  const again = { ...good, DnsNames: { InternalDnsName: 'newer' } };
  expect(readMappings([good, again])).toEqual({
    kind: 'mappings',
    mappings: [{ serverIdType: 'Ip', serverId: '10.0.0.1', internalDnsName: 'newer' }],
    warnings: ['[0]: [1] names the same server and replaces it; remove one of them'],
  });
});

it.each<[string, unknown, string]>([
  ['no object', 'x', '[0]: must be an object; write { … }'],
  ['an unknown key', { ...good, Name: 'x' }, '[0].Name: is not known; use ServerIdType, ServerId, DnsNames'],
  [
    'a key of prototypes',
    { ...good, constructor: 'x' },
    '[0].constructor: is not known; use ServerIdType, ServerId, DnsNames',
  ],
  [
    'two spellings of one key',
    { ...good, serverId: 'x' },
    '[0].serverId: is given twice, in two spellings; remove one of them',
  ],
  [
    'no type',
    { ...good, ServerIdType: undefined },
    '[0].ServerIdType: is missing; write Ip, Id or Host.Aws.Ec2InstanceId',
  ],
  [
    'an unknown type',
    { ...good, ServerIdType: 'constructor' },
    '[0].ServerIdType: "constructor" does not fit; write Ip, Id or Host.Aws.Ec2InstanceId',
  ],
  [
    'a name where an address must be',
    { ...good, ServerId: 'desk-1' },
    '[0].ServerId: "desk-1" does not fit; write an IP address, or another ServerIdType',
  ],
  [
    'a number as id',
    { ...good, ServerIdType: 'Id', ServerId: 7 },
    "[0].ServerId: must be a string; write the server's id, address or EC2 instance id",
  ],
  [
    'an empty id',
    { ...good, ServerIdType: 'Id', ServerId: '' },
    `[0].ServerId: "" does not fit; write the server's id, address or EC2 instance id`,
  ],
  [
    'no names',
    { ...good, DnsNames: {} },
    '[0].DnsNames: has no name; write { "InternalDnsName": "host.example.com" }',
  ],
  ['names in a list', { ...good, DnsNames: [] }, '[0].DnsNames: must be an object; write { … }'],
])('refuses %s', (_, entry, problem) => {
  expect(problemsOf(entry)).toEqual([problem]);
});

const LONG_LABEL = 'x'.repeat(64);
it.each([
  '',
  '10.0.0.1',
  'a..b',
  '-a',
  'a-',
  'a_b',
  'a b',
  'a.b.',
  'host:8443',
  'https://host',
  '*.example.com',
  LONG_LABEL,
  `${'a.'.repeat(126)}aa`,
  'a\nb',
])('refuses %j as a DNS name', (InternalDnsName) => {
  const [problem, ...more] = problemsOf({ ...good, DnsNames: { InternalDnsName } });
  expect(problem).toMatch(
    /^\[0\]\.DnsNames\.InternalDnsName: .* write a DNS name such as host\.example\.com$/u,
  );
  expect(more).toEqual([]);
});

it('names every problem of every entry', () => {
  expect(problemsOf(good, { ServerIdType: 'x' }, 5)).toHaveLength(4);
  expect(problemsOf(good, {}, 5).map((problem) => problem.slice(0, 3))).toEqual(['[1]', '[1]', '[1]', '[2]']);
});

it('refuses what is no list', () => {
  expect(readMappings({ mappings: [] })).toEqual({
    kind: 'problems',
    problems: ['the file: must be a JSON list of mappings; write [ { … } ]'],
  });
});
