import { canonicalIp } from './ip-address.js';

it.each([
  ['10.0.0.1', '10.0.0.1'],
  ['255.255.255.255', '255.255.255.255'],
  ['::ffff:10.0.0.1', '10.0.0.1'],
  ['::1', '::1'],
  ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
  ['fe80::1', 'fe80::1'],
])('%s is %s', (text, canonical) => {
  expect(canonicalIp(text)).toBe(canonical);
});

it.each([
  '',
  '10.0.0',
  '10.0.0.256',
  '10.0.0.01',
  ' 10.0.0.1',
  '10.0.0.1:8443',
  'desk-1',
  ':::',
  '1::2::3',
  '::1]/x',
  'fe80::1%eth0',
  '0x7f000001',
])('%j is no address', (text) => {
  expect(canonicalIp(text)).toBeNull();
});
