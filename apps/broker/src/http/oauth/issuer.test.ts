import type { IncomingMessage } from 'node:http';
import { issuerOf } from './issuer.js';

const request = (host: string | undefined): IncomingMessage =>
  ({
    headers: { host },
    socket: { localAddress: '10.0.0.5', localPort: 8443 },
  }) as unknown as IncomingMessage;

it.each([
  ['broker.example.com:8443', 'https://broker.example.com:8443'],
  ['Broker', 'https://broker'],
  ['10.0.0.5', 'https://10.0.0.5'],
  ['[::1]:8443', 'https://[::1]:8443'],
])('is the name by which the client calls: %s', (host, issuer) => {
  expect(issuerOf(request(host), null)).toBe(issuer);
});

it.each([undefined, '', 'a/b', 'a?b', 'user@a', 'a b', '"', 'a:b', '.a', `${'a'.repeat(300)}`, 'a:123456'])(
  'is the address of the connection for what is no name: %j',
  (host) => expect(issuerOf(request(host), null)).toBe('https://10.0.0.5:8443'),
);

it('is the configured one whatever the client says', () => {
  expect(issuerOf(request('elsewhere'), 'https://login.example.com')).toBe('https://login.example.com');
});

it('is written with brackets for an address of IPv6', () => {
  const socket = { localAddress: '::1', localPort: 8443 };
  expect(issuerOf({ headers: {}, socket } as unknown as IncomingMessage, null)).toBe('https://[::1]:8443');
});
