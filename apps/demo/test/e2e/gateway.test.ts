import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request, type RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { freePort } from '../../src/free-port.js';
import { Demo } from './start-demo.js';

const apps = resolve(__dirname, '../../..');
const BROKER = join(apps, 'broker/dist/main.js');
const DESKTOP = join(apps, 'desktop/dist/main.js');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dcvsm-gateway-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function run(...command: readonly string[]): Promise<string> {
  return (await promisify(execFile)(process.execPath, command)).stdout;
}

/** What the command for gateways made, and the lines of configuration that it printed. */
interface GatewayFiles {
  readonly cert: string;
  readonly key: string;
  readonly properties: readonly string[];
}

async function makeGatewayFiles(): Promise<GatewayFiles> {
  const config = join(folder, 'broker.properties');
  await writeFile(config, `session-manager-working-path = ${folder}\n`, { mode: 0o600 });
  const made = join(folder, 'gateway-creds');
  const printed = await run(BROKER, 'gen-gateway-certificates', '--config', config, '--output', made);
  return {
    cert: await readFile(join(made, 'dcv_gateway_cert.pem'), 'utf8'),
    key: await readFile(join(made, 'dcv_gateway_key.pem'), 'utf8'),
    properties: printed.match(/^(?:enable-tls|gateway-to)\S* = .*$/gm) ?? [],
  };
}

/** As a Connection Gateway asks, over a connection of its own. */
function resolveSession(url: string, tls: RequestOptions): Promise<{ status: number; body: unknown }> {
  return new Promise((done, reject) => {
    const asking = request(url, { ...tls, method: 'POST', agent: false }, (answer) => {
      text(answer).then((body) => {
        done({ status: answer.statusCode ?? 0, body: JSON.parse(body) });
      }, reject);
    });
    asking.on('error', reject);
    asking.end();
  });
}

it('leads a user through a gateway with a client certificate to the desktop, with the built programs', async () => {
  const { cert, key, properties } = await makeGatewayFiles();
  const port = await freePort(undefined);
  await using demo = await Demo.start([
    'enable-gateway = true',
    `gateway-to-broker-connector-https-port = ${port}`,
    'gateway-to-broker-connector-bind-host = 127.0.0.1',
    ...properties,
  ]);
  const created = await demo.create({
    Requirements: "tag:color = 'pink'",
    PermissionsFile: Buffer.from('[permissions]\n%owner% allow builtin\nbob allow display\n').toString(
      'base64',
    ),
  });
  const { Server } = await demo.reaches(created.Id, 'READY');
  const mappings = join(folder, 'mappings.json');
  const names = { InternalDnsName: 'desk-1.internal.example.com' };
  await writeFile(mappings, JSON.stringify([{ ServerIdType: 'Id', ServerId: Server?.Id, DnsNames: names }]));
  const register = ['register-server-dns-mappings', '--file-path', mappings];
  expect(await run(BROKER, ...register, '--config', demo.fleet.brokerConfig)).toBe(
    ` Successfully loaded 1 server id - dns name mappings from file ${mappings}\n`,
  );

  const ca = await readFile(demo.fleet.connection.caFile, 'utf8');
  const url = (id: string, transport: string): string =>
    `https://localhost:${port}/resolveSession?sessionId=${id}&transport=${transport}&clientIpAddress=198.51.100.7`;
  for (const transport of ['HTTP', 'QUIC']) {
    expect(await resolveSession(url(created.Id, transport), { ca, cert, key })).toEqual({
      status: 200,
      body: {
        SessionId: created.Id,
        TransportProtocol: transport,
        DcvServerEndpoint: 'desk-1.internal.example.com',
        Port: 8443,
        WebUrlPath: '/',
      },
    });
  }
  expect(await resolveSession(url('unknown', 'HTTP'), { ca, cert, key })).toEqual({
    status: 404,
    body: { error: 'The requested combination of transport and sessionId does not exist' },
  });
  await expect(resolveSession(url(created.Id, 'HTTP'), { ca })).rejects.toThrow();

  // From here on the gateway only passes on what the user's client and the DCV server say.
  const { ConnectionToken } = await demo.client.GetSessionConnectionData({
    sessionId: created.Id,
    user: 'bob',
  });
  const { desktopFolder } = demo.fleet.host('host-1').files;
  const connect = ['connect', '--state-dir', desktopFolder, '--session', created.Id, '--token'];
  expect(await run(DESKTOP, ...connect, ConnectionToken)).toContain('bob');
  await expect(run(DESKTOP, ...connect, `${ConnectionToken}x`)).rejects.toThrow('the token is not valid');
});
