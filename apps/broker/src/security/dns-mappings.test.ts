import { ManualClock } from '@dcvsm/testkit';
import type { DnsMapping } from '../domain/dns-mapping.js';
import { MemoryStore } from '../store/memory-store.js';
import { DnsMappings } from './dns-mappings.js';

const clock = new ManualClock();
const one: DnsMapping = { serverIdType: 'Id', serverId: 's1', internalDnsName: 'one' };
const two: DnsMapping = { serverIdType: 'Ip', serverId: '10.0.0.2', internalDnsName: 'two' };

let store: MemoryStore;
let mappings: DnsMappings;
beforeEach(async () => {
  store = new MemoryStore();
  mappings = await DnsMappings.load(store, clock);
});

it('finds what was registered, also after a restart', async () => {
  await mappings.register([one, two]);
  const restarted = await DnsMappings.load(store, clock);
  for (const each of [mappings, restarted]) {
    expect(each.find('Id:s1')).toEqual(one);
    expect(each.find('Ip:10.0.0.2')).toEqual(two);
    expect(each.find('Ip:10.0.0.3')).toBeUndefined();
    expect(each.list()).toEqual([one, two]);
  }
});

it('replaces what is registered for the same server, and leaves the rest', async () => {
  await mappings.register([one, two]);
  const newer = { ...one, internalDnsName: 'newer' };
  await mappings.register([newer]);
  expect(mappings.list()).toEqual([newer, two]);
});

it('replaces all when asked to', async () => {
  await mappings.register([one, two]);
  await mappings.replaceAll([two]);
  expect(mappings.list()).toEqual([two]);
  await mappings.replaceAll([]);
  expect(mappings.list()).toEqual([]);
});

it('forgets one, and says if there was none', async () => {
  await mappings.register([one]);
  expect(await mappings.unregister({ serverIdType: 'Id', serverId: 's1' })).toBe(true);
  expect(await mappings.unregister({ serverIdType: 'Id', serverId: 's1' })).toBe(false);
  expect((await DnsMappings.load(store, clock)).list()).toEqual([]);
});

it('takes several commands at once', async () => {
  await Promise.all([mappings.register([one, two]), mappings.register([one, two]), mappings.register([two])]);
  expect(mappings.list()).toEqual([one, two]);
});

it('replaces what another broker of the store registered meanwhile', async () => {
  const other = await DnsMappings.load(store, clock);
  await other.register([one]);
  const newer = { ...one, internalDnsName: 'newer' };
  await mappings.register([newer]);
  expect(mappings.list()).toEqual([newer]);
  expect((await DnsMappings.load(store, clock)).list()).toEqual([newer]);
});
