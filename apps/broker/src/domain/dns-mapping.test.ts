import { hostFacts } from '@dcvsm/testkit';
import { gatewayDnsName, mappingKey, type DnsMapping } from './dns-mapping.js';

const aws = { region: 'eu-west-1a', instanceType: 'g5.xlarge', instanceId: 'i-1', imageId: 'ami-1' };
const server = { id: 's1', facts: hostFacts({ ip: '10.0.0.1', dnsName: 'own.internal', aws }) };
const byId: DnsMapping = { serverIdType: 'Id', serverId: 's1', internalDnsName: 'by-id' };
const byInstance: DnsMapping = {
  serverIdType: 'Host.Aws.Ec2InstanceId',
  serverId: 'i-1',
  internalDnsName: 'by-instance',
};
const byIp: DnsMapping = { serverIdType: 'Ip', serverId: '10.0.0.1', internalDnsName: 'by-ip' };

function nameWith(...mappings: readonly DnsMapping[]): string {
  const table = new Map(mappings.map((mapping) => [mappingKey(mapping), mapping]));
  return gatewayDnsName(server, (key) => table.get(key));
}

it('goes by the server id first, then the EC2 instance, then the address', () => {
  expect(nameWith(byIp, byInstance, byId)).toBe('by-id');
  expect(nameWith(byIp, byInstance)).toBe('by-instance');
  expect(nameWith(byIp)).toBe('by-ip');
});

it('passes over a mapping without an internal name', () => {
  const external: DnsMapping = { serverIdType: 'Id', serverId: 's1', externalDnsName: 'outside.example.com' };
  expect(nameWith(external, byIp)).toBe('by-ip');
  expect(nameWith(external)).toBe('own.internal');
});

it('takes what the host reports without a mapping, at worst its plain name', () => {
  expect(nameWith({ ...byIp, serverId: '10.0.0.2' })).toBe('own.internal');
  const nameless = { id: 's1', facts: hostFacts({ hostname: 'desk-1', dnsName: '' }) };
  expect(gatewayDnsName(nameless, () => undefined)).toBe('desk-1');
});

it('knows an IPv6 address however it is written', () => {
  const facts = hostFacts({ ip: '2001:db8::1' });
  const mapping: DnsMapping = { serverIdType: 'Ip', serverId: '2001:DB8:0::1', internalDnsName: 'six' };
  const find = (key: string): DnsMapping | undefined => (key === mappingKey(mapping) ? mapping : undefined);
  expect(gatewayDnsName({ id: 's1', facts }, find)).toBe('six');
});
