import { readResolveRequest } from './gateway-request.js';

const read = (query: string): unknown => readResolveRequest(`/resolveSession?${query}`);

it('reads what a gateway sends', () => {
  expect(read('sessionId=a%20b%2Fc&transport=QUIC&clientIpAddress=2001:DB8::1')).toEqual({
    kind: 'request',
    sessionId: 'a b/c',
    transport: 'QUIC',
    clientIpAddress: '2001:db8::1',
  });
  expect(read('transport=HTTP&sessionId=console&newer=1')).toEqual({
    kind: 'request',
    sessionId: 'console',
    transport: 'HTTP',
    clientIpAddress: null,
  });
});

it.each([
  ['', 'Missing sessionId parameter'],
  ['sessionId=&transport=HTTP', 'Missing sessionId parameter'],
  ['SessionId=a&transport=HTTP', 'Missing sessionId parameter'],
  ['sessionId=a', 'Invalid transport parameter: it is missing; use HTTP or QUIC'],
  ['sessionId=a&transport=', 'Invalid transport parameter: ""; use HTTP or QUIC'],
  ['sessionId=a&transport=WebSocket', 'Invalid transport parameter: "WebSocket"; use HTTP or QUIC'],
  ['sessionId=a&transport=HTTP%00%1b', 'Invalid transport parameter: "HTTP??"; use HTTP or QUIC'],
  [
    'sessionId=a&transport=HTTP&clientIpAddress=desk',
    'Invalid clientIpAddress parameter: "desk"; send an IPv4 or IPv6 address, or no such parameter',
  ],
  [
    'sessionId=a&transport=HTTP&clientIpAddress=',
    'Invalid clientIpAddress parameter: ""; send an IPv4 or IPv6 address, or no such parameter',
  ],
  ['sessionId=a&sessionId=b&transport=HTTP', 'Repeated sessionId parameter; send it once'],
  ['sessionId=a&transport=HTTP&transport=HTTP', 'Repeated transport parameter; send it once'],
  [
    'sessionId=a&transport=HTTP&clientIpAddress=::1&clientIpAddress=::1',
    'Repeated clientIpAddress parameter; send it once',
  ],
])('refuses %j', (query, words) => {
  expect(read(query)).toEqual({ kind: 'unclear', words });
});

it('refuses a target without a query', () => {
  expect(readResolveRequest('/resolveSession')).toMatchObject({ words: 'Missing sessionId parameter' });
});
