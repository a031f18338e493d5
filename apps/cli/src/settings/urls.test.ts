import { brokerBase, ownTokenUrl, shownUrl } from './urls.js';

it.each([
  ['https://broker:8443', 'https://broker:8443'],
  ['https://broker:8443///', 'https://broker:8443'],
  ['broker.example.com:8443', 'https://broker.example.com:8443'],
  ['10.0.0.1:8443', 'https://10.0.0.1:8443'],
  ['https://[::1]:8443/', 'https://[::1]:8443'],
  ['https://proxy/dcvsm/', 'https://proxy/dcvsm'],
  [' http://broker:8080 ', 'http://broker:8080'],
  ['ftp://broker', undefined],
  ['https://broker/?x=1', undefined],
  ['', undefined],
  ['"https://broker"', undefined],
])('reads %j as the broker %s', (text, expected) => {
  expect(brokerBase(text)).toBe(expected);
});

it('finds the own tokens of a broker below its URL, and shows no password', () => {
  expect(ownTokenUrl('https://b:1')).toBe('https://b:1/oauth2/token?grant_type=client_credentials');
  expect(shownUrl('https://me:secret@b/x')).toBe('https://me:***@b/x');
});
