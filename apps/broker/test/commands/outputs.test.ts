import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { joinFleet } from '@dcvsm/testkit';
import { BrokerProgram } from './broker-program.js';
import { agentListener } from './link-agent.js';

/**
 * What each command of the original prints (administrator guide, "Broker CLI reference"), byte by byte. The guide's lists
 * have lost their indentation; it is that of the library that the original writes JSON with.
 */

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

let broker: BrokerProgram;
beforeAll(async () => {
  broker = await BrokerProgram.start();
});
afterAll(() => broker[Symbol.asyncDispose]());

async function registered(name: string): Promise<string> {
  const [, id = ''] = /client-id: (\S+)/.exec(await broker.prints('register-api-client', '-cn', name)) ?? [];
  return id;
}

it('register-api-client', async () => {
  const output = await broker.prints('register-api-client', '--client-name', 'my-sm-client');
  expect(output.replace(UUID, 'ID').replace(/\S{43}\n/, 'PASSWORD\n')).toBe(
    ' client-id: ID\n client-password: PASSWORD\n',
  );
});

it('describe-api-clients', async () => {
  await using own = await BrokerProgram.start();
  await own.prints('register-api-client', '--client-name', 'client-abc');
  const [id = ''] = UUID.exec(await own.prints('describe-api-clients')) ?? [];
  UUID.lastIndex = 0;
  await own.prints('unregister-api-client', '--client-id', id);
  await own.prints('register-api-client', '--client-name', 'client-abc');
  expect((await own.prints('describe-api-clients')).replace(UUID, 'ID')).toBe(
    [
      'Api clients',
      '[ {',
      '  "name" : "client-abc",',
      '  "id" : "ID",',
      '  "active" : false',
      '}, {',
      '  "name" : "client-abc",',
      '  "id" : "ID",',
      '  "active" : true',
      '} ]',
      '',
    ].join('\n'),
  );
});

it('unregister-api-client', async () => {
  const id = await registered('to-be-unregistered');
  expect(await broker.prints('unregister-api-client', '--client-id', id)).toBe(
    `Client ${id} unregistered.\n`,
  );
});

it('register-auth-server, list-auth-servers, unregister-auth-server', async () => {
  const url = 'https://127.0.0.1:1/.well-known/jwks.json';
  const { code, stdout } = await broker.run('register-auth-server', '--url', url);
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'Jwk url registered.\n' });
  expect(await broker.prints('list-auth-servers')).toBe(`Urls: [ "${url}" ]\n`);
  expect(await broker.prints('unregister-auth-server', '--url', url)).toBe(`Jwk url${url} unregistered\n`);
});

it('generate-software-statement, describe-software-statements, deactivate-software-statement', async () => {
  // A broker that asks agents for a token has a statement of its own from the start.
  await using own = await BrokerProgram.start(['enable-agent-authorization = false']);
  const output = await own.prints('generate-software-statement');
  expect(output).toMatch(/^software-statement: [A-Za-z0-9+/=_.-]+\n$/);
  const statement = output.slice('software-statement: '.length, -1);
  expect(await own.prints('deactivate-software-statement', '--software-statement', statement)).toBe(
    `Software statement ${statement} deactivated\n`,
  );
  const other = (await own.prints('generate-software-statement')).slice('software-statement: '.length, -1);
  const described = await own.prints('describe-software-statements');
  expect(described.replace(/\d{4}\.\d\d\.\d\d \d\d:\d\d:\d\d \+0000/g, 'DATE')).toBe(
    [
      'Software Statements',
      '[ {',
      `  "software-statement" : "${statement}",`,
      '  "issued-at" : "DATE",',
      '  "is-active" : "false"',
      '}, {',
      `  "software-statement" : "${other}",`,
      '  "issued-at" : "DATE",',
      '  "is-active" : "true"',
      '} ]',
      '',
    ].join('\n'),
  );
});

it('describe-agent-clients, unregister-agent-client', async () => {
  const statement = (await broker.prints('generate-software-statement')).slice(
    'software-statement: '.length,
    -1,
  );
  await joinFleet({ ...(await agentListener(broker)), statement, name: 'test' });
  await joinFleet({ ...(await agentListener(broker)), statement, name: 'test' });
  const ids = (await broker.prints('describe-agent-clients')).match(UUID) ?? [];
  expect(await broker.prints('unregister-agent-client', '--client-id', ids[0]!)).toBe(
    `agent client ${ids[0]} unregistered\n`,
  );
  expect(await broker.prints('describe-agent-clients')).toBe(
    [
      'Session manager agent clients',
      '[ {',
      '  "name" : "test",',
      `  "id" : "${ids[0]}",`,
      '  "active" : false',
      '}, {',
      '  "name" : "test",',
      `  "id" : "${ids[1]}",`,
      '  "active" : true',
      '} ]',
      '',
    ].join('\n'),
  );
});

it('renew-auth-server-api-key', async () => {
  expect(await broker.prints('renew-auth-server-api-key')).toBe('Keys renewed.\n');
});

it('register-server-dns-mappings, describe-server-dns-mappings', async () => {
  const file = join(broker.folder, 'mappings.json');
  const mapping = (type: string, id: string, number: number): object => ({
    ServerIdType: type,
    ServerId: id,
    DnsNames: { InternalDnsName: `internal${number}`, ExternalDnsName: `external${number}` },
  });
  const mappings = [
    mapping('Id', '192.168.0.1', 1),
    mapping('Host.Aws.Ec2InstanceId', 'i-0648aee30bc78bdff', 2),
  ];
  await writeFile(file, JSON.stringify(mappings));
  expect(await broker.prints('register-server-dns-mappings', '--file-path', file)).toBe(
    ` Successfully loaded 2 server id - dns name mappings from file ${file}\n`,
  );
  expect(await broker.prints('describe-server-dns-mappings')).toBe(
    [
      '[ {',
      '  "serverIdType" : "Id",',
      '  "serverId" : "192.168.0.1",',
      '  "dnsNames" : {',
      '    "internalDnsName" : "internal1",',
      '    "externalDnsName" : "external1"',
      '  }',
      '}, {',
      '  "serverIdType" : "Host.Aws.Ec2InstanceId",',
      '  "serverId" : "i-0648aee30bc78bdff",',
      '  "dnsNames" : {',
      '    "internalDnsName" : "internal2",',
      '    "externalDnsName" : "external2"',
      '  }',
      '} ]',
      '',
    ].join('\n'),
  );
});
