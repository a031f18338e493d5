import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@dcvsm/testkit';
import { mayBeEc2, readAws } from './aws.js';

describe('readAws', () => {
  const facts: Readonly<Record<string, string>> = {
    'placement/region': 'eu-west-1',
    'instance-type': 'g4dn.xlarge',
    'instance-id': 'i-0123456789abcdef0',
    'ami-id': 'ami-0123456789abcdef0',
  };
  let server: http.Server;
  const serve = async (handler: http.RequestListener): Promise<string> => {
    server = http.createServer(handler);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('asks with a token, as version 2 of the service wants it', async () => {
    const base = await serve((request, answer) => {
      const isToken = request.method === 'PUT' && request.url === '/latest/api/token';
      if (isToken) return answer.end('a-token');
      const allowed = request.headers['x-aws-ec2-metadata-token'] === 'a-token';
      const fact = facts[request.url?.replace('/latest/meta-data/', '') ?? ''];
      answer.statusCode = allowed && fact ? 200 : 401;
      answer.end(fact);
    });
    const clock = new ManualClock();
    expect(await readAws(clock, base)).toEqual({
      region: 'eu-west-1',
      instanceType: 'g4dn.xlarge',
      instanceId: 'i-0123456789abcdef0',
      imageId: 'ami-0123456789abcdef0',
    });
    expect(clock.pending).toBe(0);
  });

  it('has nothing to tell when the service refuses', async () => {
    const base = await serve((_request, answer) => {
      answer.statusCode = 403;
      answer.end();
    });
    expect(await readAws(new ManualClock(), base)).toBeNull();
  });

  it('gives up after a second', async () => {
    let asked: () => void = () => undefined;
    const wasAsked = new Promise<void>((resolve) => (asked = resolve));
    const base = await serve(() => asked());
    const clock = new ManualClock();
    const answer = readAws(clock, base);
    await wasAsked;
    await clock.advance(1000);
    expect(await answer).toBeNull();
  });
});

describe('mayBeEc2', () => {
  it('believes the firmware', async () => {
    const root = mkdtempSync(join(tmpdir(), 'agent-sys-'));
    expect(await mayBeEc2('linux', root)).toBe(false);
    expect(await mayBeEc2('windows', root)).toBe(true);
    mkdirSync(join(root, 'class/dmi/id'), { recursive: true });
    writeFileSync(join(root, 'class/dmi/id/sys_vendor'), 'Amazon EC2\n');
    expect(await mayBeEc2('linux', root)).toBe(true);
    rmSync(root, { recursive: true });
  });
});
