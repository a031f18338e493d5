import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { systemClock, type Clock } from '@dcvsm/runtime';
import { FaultProxy } from './fault-proxy.js';
import { Happenings } from './happenings.js';
import { ManualClock } from './manual-clock.js';

/** A server that says back whatever it is told, and the happenings on the client's socket. */
let echo: Server;
let accepted: Socket[];
beforeEach(async () => {
  accepted = [];
  echo = createServer((socket) => {
    accepted.push(socket);
    socket.on('error', () => undefined);
    socket.pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(echo, 'listening');
});
afterEach(async () => {
  for (const socket of accepted) socket.destroy();
  await new Promise((resolve) => echo.close(resolve));
});

async function proxied(clock: Clock = systemClock()): Promise<FaultProxy> {
  return FaultProxy.start({ clock, targetPort: (echo.address() as AddressInfo).port });
}

/** Resolves when what was sent has reached the proxy and waits there. */
async function timersWaiting(clock: ManualClock, count: number): Promise<void> {
  while (clock.pending !== count) await new Promise((resolve) => setImmediate(resolve));
}

/** Whether in order or by a reset. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

class Client {
  readonly heard = new Happenings<string>();
  text = '';

  private constructor(readonly socket: Socket) {
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      this.text += String(chunk);
      this.heard.add(this.text);
    });
  }

  static async of(proxy: FaultProxy): Promise<Client> {
    const client = new Client(connect(proxy.port, '127.0.0.1'));
    await client.says('hello ');
    return client;
  }

  /** Resolves when it has come back. */
  async says(text: string): Promise<void> {
    const expected = this.text + text;
    const back = this.heard.next((heard) => heard === expected);
    this.socket.write(text);
    await back;
  }
}

it('passes bytes and the end of a connection on', async () => {
  await using proxy = await proxied();
  const client = await Client.of(proxy);
  await client.says('world');
  const ended = closed(accepted[0]!);
  client.socket.end();
  await ended;
});

it('cuts both ends at once', async () => {
  await using proxy = await proxied();
  const client = await Client.of(proxy);
  const both = [accepted[0]!, client.socket].map(closed);
  proxy.cut();
  await Promise.all(both);
});

it('goes dark without telling anybody, and serves new connections when it is over', async () => {
  await using proxy = await proxied();
  const before = await Client.of(proxy);
  proxy.goDark();
  before.socket.write('lost');
  before.socket.end();
  proxy.release();
  const after = await Client.of(proxy);
  await after.says('again');
  expect(before.text).toBe('hello ');
  expect(accepted[0]?.readableEnded).toBe(false);
});

it('lets through in order what it held', async () => {
  await using proxy = await proxied();
  const client = await Client.of(proxy);
  proxy.hold();
  client.socket.write('one ');
  const other = new Promise<void>((resolve) => client.socket.write('two', () => resolve()));
  await other;
  const back = client.heard.next((text) => text === 'hello one two');
  expect(client.text).toBe('hello ');
  proxy.release();
  await back;
});

it('delays what passes, and nothing overtakes what is on its way', async () => {
  const clock = new ManualClock();
  await using proxy = await proxied(clock);
  const client = await Client.of(proxy);
  const back = client.heard.next((text) => text === 'hello slow quick');
  proxy.delay(50);
  client.socket.write('slow ');
  await timersWaiting(clock, 1);
  proxy.delay(0);
  client.socket.write('quick');
  await clock.advance(49);
  expect(clock.pending).toBe(1);
  expect(client.text).toBe('hello ');
  await clock.advance(1);
  await back;
});
