import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import type { HttpProblem } from './http-problem.js';
import { readBody, readJson } from './read-body.js';

/** A request as far as reading its body is concerned: a stream with headers. */
function request(headers: Record<string, string> = {}): IncomingMessage & PassThrough {
  return Object.assign(new PassThrough(), { headers }) as unknown as IncomingMessage & PassThrough;
}

function json(body: string, headers?: Record<string, string>): Promise<unknown> {
  const incoming = request(headers);
  incoming.end(body);
  return readJson(incoming);
}

const refusal = (status: number, words: string) =>
  expect.objectContaining({ status, message: words }) as HttpProblem;

it('puts the chunks together', async () => {
  const incoming = request();
  const body = readBody(incoming);
  incoming.write('{"a"');
  incoming.write(':1}');
  incoming.end();
  expect(String(await body)).toBe('{"a":1}');
});

it('refuses a body as soon as it is too long, without waiting for its end', async () => {
  const incoming = request();
  const body = readBody(incoming, 10);
  incoming.write('12345678901');
  await expect(body).rejects.toMatchObject({ status: 413, headers: { Connection: 'close' } });
  expect(incoming.isPaused()).toBe(true);
});

it('says that the body ended too early when the caller goes away', async () => {
  const closed = request();
  const first = readBody(closed);
  closed.destroy();
  await expect(first).rejects.toEqual(refusal(400, 'the body ended too early'));
  const broken = request();
  const second = readBody(broken);
  broken.destroy(new Error('aborted'));
  await expect(second).rejects.toEqual(refusal(400, 'the body ended too early'));
});

it('takes an empty body as null and null fields as absent', async () => {
  expect(await json('')).toBeNull();
  expect(await json('{"a":null,"b":[{"c":null,"d":1},null],"e":{"f":null}}')).toEqual({
    b: [{ d: 1 }, null],
    e: {},
  });
});

it('takes JSON with or without a content type, and nothing else', async () => {
  for (const type of [
    'application/json',
    'application/json; charset=utf-8',
    'APPLICATION/JSON',
    'application/vnd.x+json',
  ]) {
    expect(await json('[]', { 'content-type': type })).toEqual([]);
  }
  for (const type of ['text/plain', 'application/jsonp', 'application/x-www-form-urlencoded', '']) {
    await expect(json('[]', { 'content-type': type })).rejects.toEqual(
      refusal(415, 'Content-Type must be application/json'),
    );
  }
  await expect(json('[]', { 'content-encoding': 'gzip' })).rejects.toMatchObject({ status: 415 });
});

it('refuses what is not strict JSON', async () => {
  await expect(json('{"a":1,"a":2}')).rejects.toEqual(
    refusal(400, 'the key "a" is given twice in one object'),
  );
});
