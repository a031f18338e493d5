import { isAddressRange, isWithin } from './statement-terms.js';

it.each(['10.0.0.0/8', '0.0.0.0/0', '10.1.2.3', 'fd00::/8', '::/0', '2001:db8::1'])('takes %s', (range) => {
  expect(isAddressRange(range)).toBe(true);
});

it.each([
  '',
  '10.0.0.0/33',
  '10.0.0/8',
  'fd00::/129',
  '10.0.0.0/',
  '10.0.0.0/-1',
  'host.example.com',
  '10.0.0.0/8/8',
])('takes no %s', (range) => expect(isAddressRange(range)).toBe(false));

it('takes a single address for a range of one', () => {
  expect(isWithin('10.1.2.3', ['10.1.2.3'])).toBe(true);
  expect(isWithin('10.1.2.4', ['10.1.2.3'])).toBe(false);
});
