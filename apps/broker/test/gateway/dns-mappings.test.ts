import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AdminError, callAdmin } from '../../src/admin/admin-client.js';
import {
  describeDnsMappings,
  registerDnsMappings,
  unregisterDnsMapping,
} from '../../src/admin/dns-mapping-commands.js';
import type { TestFleet } from '../fleet/start-fleet.js';
import { auditOf } from './audit-of.js';
import { GatewayFleet } from './played-gateway.js';

const aws = { region: 'eu-west-1a', instanceType: 'g5.xlarge', instanceId: 'i-1', imageId: 'ami-1' };

let started: GatewayFleet;
let fleet: TestFleet;
let socket: string;
beforeEach(async () => {
  started = await GatewayFleet.start();
  ({ fleet } = started);
  socket = fleet.broker.adminSocket;
});
afterEach(() => started[Symbol.asyncDispose]());

function mapping(ServerIdType: string, ServerId: string, InternalDnsName: string): object {
  return { ServerIdType, ServerId, DnsNames: { InternalDnsName } };
}

async function write(content: unknown): Promise<string> {
  const file = join(fleet.workingPath, 'mappings.json');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

async function register(content: unknown, replace = false): Promise<string> {
  return registerDnsMappings(socket, { file: await write(content), replace });
}

/** The words of the refusal. */
async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => 'it was accepted',
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(AdminError);
  return (error as AdminError).message;
}

it('lets gateways know a server by the most specific name that is registered, from then on', async () => {
  await fleet.agent('s1', { ip: '10.0.0.1', dnsName: 'own.internal', aws });
  const { Id: id } = await fleet.create();
  await fleet.describe(id);
  const name = async (): Promise<unknown> =>
    ((await started.gateway.resolve(id)).body as { DcvServerEndpoint: string }).DcvServerEndpoint;
  expect(await name()).toBe('own.internal');
  await register([mapping('Ip', '10.0.0.1', 'by-ip')]);
  expect(await name()).toBe('by-ip');
  await register([
    mapping('Host.Aws.Ec2InstanceId', 'i-1', 'by-instance'),
    mapping('Ip', '10.0.0.2', 'other'),
  ]);
  expect(await name()).toBe('by-instance');
  await register([mapping('Id', 's1', 'by-id')]);
  expect(await name()).toBe('by-id');
  await unregisterDnsMapping(socket, { type: 'agentServerId', id: 's1' });
  expect(await name()).toBe('by-instance');
  await register([], true);
  expect(await name()).toBe('own.internal');
});

it('keeps what is registered for other servers unless told to replace all', async () => {
  await register([mapping('Id', 's1', 'one')]);
  await register([mapping('Id', 's2', 'two')]);
  expect(JSON.parse(await describeDnsMappings(socket))).toHaveLength(2);
  expect(await register([mapping('Id', 's3', 'three')], true)).toMatch(/^ Successfully loaded 1 server id/);
  expect(JSON.parse(await describeDnsMappings(socket))).toMatchObject([{ serverId: 's3' }]);
});

it('takes back what it prints', async () => {
  const both = { InternalDnsName: 'in.example.com', ExternalDnsName: 'out.example.com' };
  await register([{ ServerIdType: 'Id', ServerId: 's1', DnsNames: both }, mapping('Ip', '10.0.0.1', 'x')]);
  const printed = await describeDnsMappings(socket);
  await register(printed, true);
  expect(await describeDnsMappings(socket)).toBe(printed);
});

it('warns of two entries for one server, and takes the last', async () => {
  const file = await write([mapping('Id', 's1', 'one'), mapping('Id', 's1', 'two')]);
  expect(await registerDnsMappings(socket, { file, replace: false })).toBe(
    ` Successfully loaded 1 server id - dns name mappings from file ${file}\n` +
      ' Warning: [0]: [1] names the same server and replaces it; remove one of them\n',
  );
  expect(JSON.parse(await describeDnsMappings(socket))).toMatchObject([
    { dnsNames: { internalDnsName: 'two' } },
  ]);
});

it('registers nothing of a file with a problem, and names each on its line', async () => {
  const words = await refusal(register([mapping('Id', 's1', 'fine'), mapping('Ip', 'x', '-'), 7]));
  expect(words.split('\n').map((line) => line.replace(/^\S+mappings\.json: /, ''))).toEqual([
    '[1].ServerId: "x" does not fit; write an IP address, or another ServerIdType',
    '[1].DnsNames.InternalDnsName: "-" does not fit; write a DNS name such as host.example.com',
    '[2]: must be an object; write { … }',
  ]);
  expect(await describeDnsMappings(socket)).toBe('[ ]\n');
});

it.each([
  ['no JSON', '[{]', 'mappings.json: the file is not valid JSON: '],
  ['a key that is given twice', '[{"ServerId":"a","ServerId":"b"}]', 'the key "ServerId" is given twice'],
  ['no list', '{}', 'mappings.json: the file: must be a JSON list of mappings'],
])('refuses a file with %s', async (_, content, words) => {
  expect(await refusal(register(content))).toContain(words);
});

it('names a file that cannot be read', async () => {
  const file = join(fleet.workingPath, 'nowhere.json');
  expect(await refusal(registerDnsMappings(socket, { file, replace: false }))).toBe(
    `${file}: cannot be read (ENOENT); give the path of the mapping file`,
  );
});

it('checks what comes over the socket itself', async () => {
  const body = { mappings: [mapping('Ip', 'x', 'y')], replace: false };
  expect(await refusal(callAdmin(socket, 'POST', '/dns-mappings', body))).toContain('[0].ServerId: "x"');
  expect(await refusal(callAdmin(socket, 'POST', '/dns-mappings', { mappings: [] }))).toContain('replace');
});

it('says when there is nothing to unregister', async () => {
  expect(await refusal(unregisterDnsMapping(socket, { type: 'Ip', id: '10.0.0.1' }))).toBe(
    'there is no mapping for Ip 10.0.0.1',
  );
  expect(await refusal(unregisterDnsMapping(socket, { type: 'Name', id: 'x' }))).toBe(
    'Name is no type of server id; use Ip, Id or Host.Aws.Ec2InstanceId',
  );
});

it('records each change', async () => {
  await register([mapping('Id', 's1', 'one')]);
  await unregisterDnsMapping(socket, { type: 'Id', id: 's1' });
  await register([mapping('Id', 's2', 'two')], true);
  for (const [action, object] of [
    ['dns-mapping.register', 'Id:s1'],
    ['dns-mapping.unregister', 'Id:s1'],
    ['dns-mapping.replace', 'Id:s2'],
  ] as const) {
    expect(await auditOf(fleet, action)).toMatchObject([
      { actor: { kind: 'operator' }, objects: [object], outcome: 'success' },
    ]);
  }
});
