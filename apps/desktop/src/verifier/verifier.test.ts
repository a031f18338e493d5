import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseVerifierAnswer } from './answer.js';
import { askVerifier } from './ask.js';

describe("the verifier's answer", () => {
  it.each([
    ['<auth result="yes"><username>ann</username></auth>', { kind: 'yes', username: 'ann' }],
    [
      "<?xml version='1.0'?>\n<auth result='yes'>\n <username> LAB\\a&amp;b&#33; </username>\n</auth>\n",
      { kind: 'yes', username: 'LAB\\a&b!' },
    ],
    [
      '<auth result="no"><message>Token &lt;expired&gt;</message></auth>',
      { kind: 'no', message: 'Token <expired>' },
    ],
    ['<auth result="no"/>', { kind: 'no', message: '' }],
  ])('%j', (body, answer) => {
    expect(parseVerifierAnswer(body)).toEqual(answer);
  });

  it.each([
    '',
    'yes',
    '<auth result="maybe"/>',
    '<auth result="yes"></auth>',
    '<auth result="yes"/>',
    '{"result":"yes"}',
  ])('%j is none', (body) => {
    expect(parseVerifierAnswer(body)).toBeNull();
  });
});

describe('asking the verifier', () => {
  let server: Server;
  let answer = '';
  let asked = { type: '', path: '', form: '' };

  beforeAll(async () => {
    server = createServer((request, response) => {
      let form = '';
      request.on('data', (chunk) => (form += String(chunk)));
      request.on('end', () => {
        asked = { type: request.headers['content-type'] ?? '', path: request.url ?? '', form };
        response.statusCode = 401;
        response.end(answer);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const ask = () => {
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/agent/check`);
    return askVerifier({ url, ca: null }, { sessionId: 's 1', token: 'a+b=', clientAddress: '192.0.2.7' });
  };

  it('sends the three fields as a form and lets the body decide, not the status', async () => {
    answer = '<auth result="yes"><username>ann</username></auth>';
    expect(await ask()).toEqual({ kind: 'yes', username: 'ann' });
    expect(asked).toEqual({
      type: 'application/x-www-form-urlencoded',
      path: '/agent/check',
      form: 'sessionId=s+1&authenticationToken=a%2Bb%3D&clientAddress=192.0.2.7',
    });
  });

  it('refuses other answers, however long', async () => {
    answer = 'hello';
    await expect(ask()).rejects.toThrow('did not answer with <auth');
    answer = 'x'.repeat(100_000);
    await expect(ask()).rejects.toThrow('larger than 65536 bytes');
  });
});
