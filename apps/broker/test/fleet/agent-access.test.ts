import { statSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { issue, issueCa, Pki, type Issued } from '../certificates/pki.js';
import { noTerms, type StatementTerms } from '../../src/security/agents/statement-terms.js';
import { LogLines } from '../bad-input/attacked-broker.js';
import { AgentPort } from './agent-access.js';
import { TestFleet } from './start-fleet.js';

const MEMORY = ['store = memory'];

const statementOf = async (fleet: TestFleet, terms: Partial<StatementTerms> = {}): Promise<string> =>
  (await fleet.broker.agents.statements.generate({ ...noTerms, ...terms })).statement;

const audited = (fleet: TestFleet): string => {
  const folder = join(fleet.workingPath, 'audit');
  return existsSync(folder) ? readFileSync(join(folder, 'audit.log'), 'utf8') : '';
};

it('a stock-looking agent without a valid statement cannot register, claim tags or receive a session', async () => {
  const log = new LogLines();
  await using fleet = await TestFleet.start({ properties: MEMORY, log: log.log });
  const port = new AgentPort(fleet);
  const madeUp = Buffer.from('{"id":"x","active":true,"issuedAt":1.0,"brokerVersion":"1.0.0"}').toString(
    'base64',
  );
  expect(await port.register(madeUp)).toMatchObject({
    status: 400,
    json: { error: 'invalid_software_statement' },
  });
  expect(await port.askForToken('dcvsm-agent', 'dcvsm-agent')).toMatchObject({ status: 401 });

  const agent = fleet.newAgent('s1', { tags: [{ key: 'team', value: 'finance' }] });
  for (const token of [undefined, 'made-up', await fleet.token()]) {
    agent.token = token === undefined ? undefined : (): string => token;
    await expect(agent.connect()).rejects.toThrow('401');
  }
  expect((await fleet.client.describeServers({})).Servers).toEqual([]);
  expect(await fleet.refusal({ Requirements: "tag:team = 'finance'" })).toContain('No DCV server found');
  expect(agent.commands).toEqual([]);
  expect(log.lines.filter((line) => line.includes('refused an agent'))).toHaveLength(3);
});

describe('an agent with a statement', () => {
  it('registers, gets a token and links, in the forms of the standards', async () => {
    await using fleet = await TestFleet.start({ properties: MEMORY });
    const port = new AgentPort(fleet);
    const statement = await statementOf(fleet);
    const { status, headers, json } = await port.register(statement, {
      client_name: 'desk-1',
      redirect_uris: [],
    });
    const issuedAt = Math.floor(fleet.clock.now() / 1000);
    expect({ status, headers, json }).toMatchObject({
      status: 201,
      headers: { 'cache-control': 'no-store', pragma: 'no-cache' },
      json: {
        client_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        client_secret: expect.stringMatching(/^[\w-]{43}$/) as string,
        client_id_issued_at: issuedAt,
        client_secret_expires_at: 0,
        client_name: 'desk-1',
        software_statement: statement,
      },
    });
    const answer = await port.askForToken(json['client_id'] as string, json['client_secret'] as string);
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'cache-control': 'no-store' },
      json: { token_type: 'Bearer', expires_in: 3600 },
    });
    const agent = fleet.newAgent('s1');
    agent.token = () => answer.json['access_token'] as string;
    await agent.connect();
    const { Id } = await fleet.create();
    await agent.command('create-session', Id);
  });

  it('may claim only the tags of its statement, also in later reports', async () => {
    const log = new LogLines();
    await using fleet = await TestFleet.start({ properties: MEMORY, log: log.log });
    const port = new AgentPort(fleet);
    const tags = [{ key: 'team', value: 'design' }];
    const client = await port.registered(await statementOf(fleet, { tags }));
    const claimed = [
      { key: 'team', value: 'design' },
      { key: 'team', value: 'finance' },
      { key: 'gpu', value: 'yes' },
    ];
    const agent = fleet.newAgent('s1', { tags: claimed.slice(0, 1) });
    agent.token = () => port.token(client);
    await agent.connect();
    await fleet.create({ Requirements: "tag:team = 'design'" });
    agent.facts = { ...agent.facts, tags: claimed };
    await agent.report();
    await agent.report();
    expect((await fleet.server('s1'))?.Tags?.filter(({ Key }) => !Key?.startsWith('dcv:'))).toEqual([
      { Key: 'team', Value: 'design' },
    ]);
    for (const requirement of ["tag:team = 'finance'", "tag:gpu = 'yes'"]) {
      expect(await fleet.refusal({ Requirements: requirement })).toContain('No DCV server found');
    }
    expect(log.lines.filter((line) => line.includes('may not claim'))).toHaveLength(1);
  });

  it('cannot link as the server of another agent, nor take over its sessions as a renamed host', async () => {
    await using fleet = await TestFleet.start({ properties: MEMORY });
    const victim = await fleet.agent('s1');
    const { Id } = await fleet.create();
    await victim.command('create-session', Id);
    const port = new AgentPort(fleet);
    const client = await port.registered(await statementOf(fleet));
    const thief = fleet.newAgent('s1');
    thief.token = () => port.token(client);
    await expect(thief.connect()).rejects.toThrow('belongs to another agent client');
    expect(victim.connected).toBe(true);

    const renamed = fleet.newAgent('s2');
    renamed.token = () => port.token(client);
    renamed.previousServerIds = ['s1'];
    await renamed.connect();
    expect(await fleet.describe(Id!)).toMatchObject({ State: 'READY', Server: { Id: 's1' } });
    expect(victim.connected).toBe(true);
  });
});

describe('an agent that is unregistered', () => {
  it('loses its link at once, its server is unreachable, and it stays out', async () => {
    await using fleet = await TestFleet.start({ properties: MEMORY });
    const port = new AgentPort(fleet);
    const client = await port.registered(await statementOf(fleet));
    const token = await port.token(client);
    const agent = fleet.newAgent('s1');
    agent.token = () => token;
    await agent.connect();
    const other = await fleet.agent('s2');

    await fleet.broker.agents.clients.unregister(client.client_id);
    await agent.closed();
    await fleet.rest();
    expect(await fleet.server('s1')).toMatchObject({ UnavailabilityReason: 'UNREACHABLE_AGENT' });
    await expect(agent.connect()).rejects.toThrow('401');
    expect(await port.askForToken(client.client_id, client.client_secret)).toMatchObject({
      status: 401,
      json: { error: 'invalid_client', reason: 'unregistered' },
    });
    expect(other.connected).toBe(true);
  });
});

describe('a link', () => {
  it('ends with its token, and goes on with a newer one', async () => {
    await using fleet = await TestFleet.start({ properties: MEMORY });
    const [lazy, diligent] = [await fleet.agent('s1'), await fleet.agent('s2')];
    const known = await fleet.agentToken('s1');
    lazy.token = () => known;
    await fleet.advance(3_590_000);
    expect([lazy.connected, diligent.connected]).toEqual([true, true]);
    await fleet.advance(30_000);
    await lazy.closed();
    expect(diligent.connected).toBe(true);
  });

  it.each<[string, (fleet: TestFleet) => Promise<string> | string]>([
    ['is no token', () => 'nonsense'],
    ['is that of another agent', (fleet) => fleet.agentToken('s2')],
    ['is for REST clients', (fleet) => fleet.token()],
  ])('ends when what is shown to renew it %s', async (_, token) => {
    await using fleet = await TestFleet.start({ properties: MEMORY });
    const agent = await fleet.agent('s1');
    agent.token = () => token(fleet);
    const closed = agent.closed();
    await agent.renewToken();
    await closed;
  });
});

describe('refusals of the agent port', () => {
  it.each<[string, unknown]>([
    ['no JSON', 'software_statement=x'],
    ['no object', []],
    ['a statement that is no text', { software_statement: 7 }],
    ['no statement', { client_name: 'x' }],
    ['a prototype', '{"__proto__":{"software_statement":"x"}}'],
  ])('are those of RFC 7591 for %s', async (_, body) => {
    await using fleet = await TestFleet.start({ properties: MEMORY });
    const answer = await new AgentPort(fleet).post('/agent/register', {}, body);
    expect(answer).toMatchObject({
      status: 400,
      headers: { 'cache-control': 'no-store' },
      json: { error: 'invalid_client_metadata' },
    });
  });

  it('tell a statement that is not ours from one that may not be used', async () => {
    await using fleet = await TestFleet.start({ properties: MEMORY });
    const port = new AgentPort(fleet);
    const elsewhere = await statementOf(fleet, { addresses: ['192.0.2.0/24'] });
    expect(await port.register(`${elsewhere}x`)).toMatchObject({
      json: { error: 'invalid_software_statement' },
    });
    expect(await port.register(elsewhere)).toMatchObject({
      status: 400,
      json: {
        error: 'unapproved_software_statement',
        error_description: expect.stringContaining('address') as string,
      },
    });
  });

  it('are those of RFC 6749 for tokens', async () => {
    await using fleet = await TestFleet.start({ properties: MEMORY });
    const port = new AgentPort(fleet);
    const { client_id: id, client_secret: secret } = await port.registered(await statementOf(fleet));
    expect(await port.askForToken(id, `${secret}x`)).toMatchObject({
      status: 401,
      headers: {
        'www-authenticate': expect.stringMatching(/^Basic /) as string,
        'cache-control': 'no-store',
      },
      json: { error: 'invalid_client', reason: 'wrong-secret' },
    });
    expect(await port.askForToken('nobody', secret)).toMatchObject({
      status: 401,
      json: { reason: 'unknown-client' },
    });
    expect(await port.askForToken(id, secret, '')).toMatchObject({
      status: 400,
      json: { error: 'invalid_request' },
    });
    expect(await port.askForToken(id, secret, 'grant_type=password')).toMatchObject({
      status: 400,
      json: { error: 'unsupported_grant_type' },
    });
    const inForm = await port.post('/agent/oauth2/token', {}, `client_id=${id}&client_secret=${secret}`);
    expect(inForm).toMatchObject({ status: 401, json: { error: 'invalid_client' } });
  });

  it('say why, with a challenge, when a link is asked for', async () => {
    await using fleet = await TestFleet.start({ properties: MEMORY });
    const answer = await new AgentPort(fleet).upgrade();
    expect(answer).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/);
    expect(answer).toContain('WWW-Authenticate: Bearer realm="dcv-session-manager-agent"');
    expect(answer).toContain('{"error":"agents need an access token here, and this one shows none"}');
  });

  it('come with a wait for who tries all the time, and leave others alone', async () => {
    const log = new LogLines();
    await using fleet = await TestFleet.start({ properties: MEMORY, log: log.log });
    const port = new AgentPort(fleet);
    const client = await port.registered(await statementOf(fleet));
    const agent = fleet.newAgent('s1');
    const token = await port.token(client);
    agent.token = () => token;
    await agent.connect();
    const answers = [];
    for (let attempt = 0; attempt < 310; attempt += 1) answers.push((await port.register('nonsense')).status);
    expect(answers.filter((status) => status === 400)).toHaveLength(300);
    expect(answers.slice(300)).toEqual(Array(10).fill(429));
    const { headers } = await port.askForToken('nobody', 'nothing');
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(await port.upgrade('nonsense')).toMatch(/^HTTP\/1\.1 429 [^]*Retry-After: \d+/);
    // Whoever has a token is not asked to wait.
    await agent.disconnect();
    await agent.connect();
  });
});

describe('the audit log', () => {
  it('has who registered with what, who was refused and why, and no secret', async () => {
    const log = new LogLines();
    await using fleet = await TestFleet.start({ properties: MEMORY, log: log.log });
    const port = new AgentPort(fleet);
    const statement = await statementOf(fleet, { maxUses: 1 });
    const client = await port.registered(statement);
    await port.register(statement);
    await port.askForToken(client.client_id, 'a-wrong-secret-of-somebody');
    const token = await port.token(client);
    const agent = fleet.newAgent('s1');
    agent.token = () => token;
    await agent.connect();
    await port.upgrade('a-made-up-token');
    const text = audited(fleet);
    const entries = text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as object]));
    expect(entries).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ action: 'agent.register', outcome: 'success' }),
        expect.objectContaining({
          action: 'agent.register',
          outcome: 'refused',
          reason: 'the software statement is used up',
        }),
        expect.objectContaining({ action: 'agent.token', outcome: 'refused' }),
        expect.objectContaining({ action: 'agent.link', outcome: 'success', objects: ['s1'] }),
        expect.objectContaining({ action: 'agent.link', outcome: 'refused' }),
      ]),
    );
    for (const secret of [
      statement,
      client.client_secret,
      token,
      'a-wrong-secret-of-somebody',
      'a-made-up-token',
    ]) {
      expect(text.includes(secret) || log.text.includes(secret)).toBe(false);
    }
  });
});

describe('without agent authorization', () => {
  const OPEN = [...MEMORY, 'enable-agent-authorization = false'];

  it('agents need no token, and one that is sent is not looked at', async () => {
    await using fleet = await TestFleet.start({ properties: OPEN });
    const agent = fleet.newAgent('s1');
    agent.token = () => 'nonsense';
    await agent.connect();
    await agent.renewToken();
    await agent.heartbeat();
    expect(agent.connected).toBe(true);
    const silent = fleet.newAgent('s2');
    silent.token = undefined;
    await silent.connect();
  });

  it('there is no place to register, which tells agents that they need not', async () => {
    await using fleet = await TestFleet.start({ properties: OPEN });
    const port = new AgentPort(fleet);
    expect(await port.register('x')).toMatchObject({ status: 404 });
    expect(await port.askForToken('x', 'y')).toMatchObject({ status: 404 });
    expect(existsSync(join(fleet.workingPath, 'security', 'default-software-statement'))).toBe(false);
  });
});

describe('the default statement', () => {
  const fileOf = (fleet: TestFleet): string =>
    join(fleet.workingPath, 'security', 'default-software-statement');

  it('lies beside the CA for nobody but the owner, and lets agents in, also after a restart', async () => {
    const before = await TestFleet.start();
    const text = readFileSync(fileOf(before), 'utf8');
    expect(statSync(fileOf(before)).mode & 0o777).toBe(0o600);
    const client = await new AgentPort(before).registered(text);
    await before.stop();
    await using after = await TestFleet.start({ workingPath: before.workingPath });
    expect(readFileSync(fileOf(after), 'utf8')).toBe(text);
    const port = new AgentPort(after);
    await port.registered(text);
    const agent = after.newAgent('s1');
    agent.token = () => port.token(client);
    await agent.connect();
  });

  it('is gone after a restart when it was deactivated, and no other takes its place', async () => {
    const before = await TestFleet.start();
    const text = readFileSync(fileOf(before), 'utf8');
    await before.broker.agents.statements.deactivate(text);
    await before.stop();
    await using after = await TestFleet.start({ workingPath: before.workingPath });
    expect(existsSync(fileOf(after))).toBe(false);
    expect(await new AgentPort(after).register(text)).toMatchObject({ status: 400 });
  });
});

describe('a broker that wants a certificate of agents', () => {
  it('lets nobody register or link without one, whatever else he shows, and asks DCV servers for none', async () => {
    await using pki = await Pki.create();
    const ca = issueCa('hosts');
    const trustStore = await pki.write('hosts.pem', ca.pem);
    await using fleet = await TestFleet.start({
      properties: [
        ...MEMORY,
        'enable-tls-client-auth-agent = true',
        `agent-to-broker-connector-trust-store-file = ${trustStore}`,
      ],
    });
    const statement = await statementOf(fleet);
    const shown = ({ pem, keyPem }: Issued): AgentPort => new AgentPort(fleet, { cert: pem, key: keyPem });
    const host = shown(issue('host', { issuer: ca, use: 'tls-client' }));
    const client = await host.registered(statement);
    const token = await host.token(client);
    expect(await host.upgrade(token)).toMatch(/^HTTP\/1\.1 101 /);
    const stranger = shown(issue('host', { issuer: issueCa('hosts'), use: 'tls-client' }));
    for (const port of [new AgentPort(fleet), stranger]) {
      expect(await port.register(statement)).toMatchObject({ status: 403 });
      expect(await port.askForToken(client.client_id, client.client_secret)).toMatchObject({ status: 403 });
      expect(await port.upgrade(token)).toMatch(/^HTTP\/1\.1 401 [^]*wants a TLS certificate/);
    }
    const verifier = await fleet.fetch(`${fleet.agentUrl}/agent/validate-authentication-token`, {
      method: 'POST',
    });
    expect(verifier.status).toBe(200);
  });
});
