import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { refuseWhatIsNoRequest } from './refuse-socket.js';
import { respondJson } from './respond.js';

let server: Server;
beforeEach(async () => {
  server = createServer((_request, response) => respondJson(response, 401, { error: 'who are you?' }));
  refuseWhatIsNoRequest(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => server.close());

/** All that the server says to these packets until it ends the connection. */
async function conversation(...packets: readonly string[]): Promise<string> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  let said = '';
  const next = packets[Symbol.iterator]();
  const write = (): void => {
    const { value } = next.next();
    if (value !== undefined) socket.write(value);
  };
  socket.on('connect', write);
  socket.on('data', (chunk) => {
    said += String(chunk);
    write();
  });
  await once(socket, 'close');
  return said;
}

const REFUSED_BY_ITS_HEADERS = 'POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n';

it.each([
  ['at once', [`${REFUSED_BY_ITS_HEADERS}zz\r\n`]],
  ['later', [REFUSED_BY_ITS_HEADERS, 'zz\r\n']],
])('a request that was answered gets no second answer when its body breaks %s', async (_, packets) => {
  const said = await conversation(...packets);
  expect(said.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401']);
});

it('what follows an answered request and is none is told so', async () => {
  const said = await conversation('GET /x HTTP/1.1\r\nHost: x\r\n\r\n', 'nonsense\r\n\r\n');
  expect(said.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401', 'HTTP/1.1 400']);
});
