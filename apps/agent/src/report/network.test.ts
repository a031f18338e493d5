import type { NetworkInterfaceInfo } from 'node:os';
import { hardwareAddresses, hostAddress, isLocalHost, type AddressRule, type Interfaces } from './network.js';

const v4 = (address: string, mac = '02:00:00:00:00:01'): NetworkInterfaceInfo => ({
  address,
  mac,
  netmask: '255.255.255.0',
  family: 'IPv4',
  internal: address.startsWith('127.'),
  cidr: null,
});
const v6 = (address: string): NetworkInterfaceInfo => ({
  ...v4(address),
  family: 'IPv6',
  internal: address === '::1',
  scopeid: 0,
});

const interfaces: Interfaces = {
  lo: [v4('127.0.0.1'), v6('::1')],
  eth0: [v6('fe80::1'), v6('fd00::2'), v4('10.0.0.2')],
  eth1: [v4('192.168.1.2', '02:00:00:00:00:02')],
};
const rule: AddressRule = { preferred: undefined, platform: 'linux', brokerIsLocal: false };

describe('hostAddress', () => {
  it('is that of the first interface that is not the loopback', () => {
    expect(hostAddress(interfaces, rule)).toBe('10.0.0.2');
  });

  it('is that of the preferred interface; case counts except on Windows', () => {
    expect(hostAddress(interfaces, { ...rule, preferred: 'eth1' })).toBe('192.168.1.2');
    expect(hostAddress(interfaces, { ...rule, preferred: 'ETH1' })).toBe('10.0.0.2');
    expect(hostAddress(interfaces, { ...rule, preferred: 'ETH1', platform: 'windows' })).toBe('192.168.1.2');
    expect(hostAddress(interfaces, { ...rule, preferred: 'none' })).toBe('10.0.0.2');
  });

  it('is an IPv6 address where there is nothing else', () => {
    expect(hostAddress({ eth0: [v6('fe80::1'), v6('fd00::2')] }, rule)).toBe('fd00::2');
  });

  it('is nothing while there is no address that is real', () => {
    const early: Interfaces = {
      lo: [v4('127.0.0.1')],
      eth0: [v4('0.0.0.0'), v4('169.254.1.1'), v6('fe80::1')],
      eth1: undefined,
    };
    expect(hostAddress(early, rule)).toBeNull();
    expect(hostAddress({}, rule)).toBeNull();
  });

  it('is the loopback only if that leads to the broker', () => {
    expect(hostAddress({ lo: [v4('127.0.0.1')] }, { ...rule, brokerIsLocal: true })).toBe('127.0.0.1');
    expect(hostAddress(interfaces, { ...rule, brokerIsLocal: true })).toBe('10.0.0.2');
    expect(['localhost', '127.0.0.1', '::1', '10.0.0.1', 'broker'].map(isLocalHost)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('hardwareAddresses', () => {
  it('are those of real interfaces, each once', () => {
    expect(hardwareAddresses(interfaces)).toEqual(['02:00:00:00:00:01', '02:00:00:00:00:02']);
  });
});
