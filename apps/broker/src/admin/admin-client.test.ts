import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { AdminError, BrokerUnreachable, callAdmin, parseAnswer } from './admin-client.js';

let folder: string;
let server: Server | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dcvsm-admin-'));
});
afterEach(async () => {
  await new Promise((resolve) => (server === undefined ? resolve(null) : server.close(resolve)));
  server = undefined;
  await rm(folder, { recursive: true });
});

/** A broker that answers like this. */
async function answering(listener: RequestListener): Promise<string> {
  const path = join(folder, 'admin.sock');
  const started = createServer(listener);
  server = started;
  await new Promise<void>((resolve) => started.listen(path, resolve));
  return path;
}

it('tells a broker that is not there from one that did not answer: only the first may be asked again', async () => {
  const nowhere = callAdmin(join(folder, 'none.sock'), 'GET', '/');
  await expect(nowhere).rejects.toThrow(BrokerUnreachable);
  const silent = callAdmin(await answering((request) => request.socket.destroy()), 'POST', '/');
  await expect(silent).rejects.toThrow(/did not answer \(ECONNRESET\); look at its log, .*had an effect/);
  await expect(silent).rejects.not.toThrow(BrokerUnreachable);
});

it('says what the broker says when it refuses', async () => {
  const path = await answering((_request, response) => response.writeHead(409).end('{"error":"taken"}'));
  await expect(callAdmin(path, 'POST', '/')).rejects.toThrow(new AdminError('taken'));
});

it.each(['', 'no JSON', '{"reason":"a field of another release"}'])(
  'says so when a refusal is %j',
  async (body) => {
    const path = await answering((_request, response) => response.writeHead(500).end(body));
    await expect(callAdmin(path, 'GET', '/')).rejects.toThrow(
      new AdminError('the broker answered 500 without words'),
    );
  },
);

it('reads an answer that comes in pieces', async () => {
  const path = await answering((_request, response) => {
    const bytes = Buffer.from(JSON.stringify({ name: 'ä€😀' }));
    for (const byte of bytes) response.write(Buffer.of(byte));
    response.end();
  });
  expect(await callAdmin(path, 'GET', '/')).toEqual({ name: 'ä€😀' });
});

it('does not take half an answer for a whole one', async () => {
  const path = await answering((request, response) => {
    response.write('{"name":', () => request.socket.destroy());
  });
  await expect(callAdmin(path, 'GET', '/')).rejects.toThrow(/did not answer \(ECONNRESET\)/);
});

it('names what is different in the answer of another release', () => {
  const Answer = z.object({ ports: z.array(z.object({ name: z.string() })) });
  expect(() => parseAnswer(Answer, { ports: [{ name: 1 }] })).toThrow(/another form .*\(ports\.0\.name\)/);
});
