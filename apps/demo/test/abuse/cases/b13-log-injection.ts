import type { HostFacts } from '@dcvsm/protocol';
import { hostSession } from '@dcvsm/testkit';
import { AttackedBroker } from '../../../../broker/test/bad-input/attacked-broker.js';
import { atMost, none, type Abuse } from '../abuse-case.js';

const LONGEST_LINE_BYTES = 16_384;

const HOSTILE = [
  'a\n{"level":60,"msg":"forged"}',
  'a\r\n{"level":60,"msg":"forged"}',
  '\u001b[31mred\u001b[0m\u001b]0;title\u0007',
  '\u009b31m',
  '\u202eevil\u2066\u200f',
  '\u2028\u2029',
  '\0\u0008\u007f',
  '\ud800',
  '","level":60,"msg":"forged',
  'x'.repeat(1_048_576),
];

export const abuse: Abuse = async () => {
  await using broker = await AttackedBroker.start();
  let inputs = 0;
  for (const value of HOSTILE) {
    inputs += (await fromClients(broker, value)) + (await fromAgents(broker, value));
  }
  await broker.fleet.rest();
  const { lines } = broker.log;
  const outcome = `${lines.length} lines`;
  return [
    none(
      'lines that are not one JSON object with a level',
      inputs,
      lines.filter((line) => !isLogLine(line)),
      outcome,
    ),
    none(
      'lines that were forged',
      inputs,
      lines.filter((line) => /^\{[^]*"msg":"forged"/.test(line)),
      outcome,
    ),
    none('lines that a terminal would obey', inputs, lines.filter(disturbsTerminal), outcome),
    atMost('longest line', {
      inputs,
      value: Math.max(...lines.map((line) => Buffer.byteLength(line))),
      limit: LONGEST_LINE_BYTES,
      unit: 'bytes',
      outcome,
    }),
  ];
};

/** The number of requests that carried the value somewhere. */
async function fromClients(broker: AttackedBroker, value: string): Promise<number> {
  const entry = {
    Name: value,
    Owner: value,
    Type: value,
    Requirements: value,
    InitFile: value,
    [value.slice(0, 2000)]: value,
  };
  const segment = encodeURIComponent(value.toWellFormed().slice(0, 2000));
  const bodies: readonly (readonly [string, unknown])[] = [
    ['/createSessions', [entry]],
    ['/createSessions', [{ ...entry, Type: 'VIRTUAL', Owner: 'alice', Name: 'n' }]],
    ['/describeSessions', { SessionIds: [value], Filters: [{ Key: value, Value: value }], NextToken: value }],
    ['/deleteSessions', [{ SessionId: value, Owner: value }]],
    ['/getSessionScreenshots', [{ SessionId: value }]],
    ['/openServers', [{ ServerId: value }]],
    ['/closeServers', [{ ServerId: value, Force: true }]],
  ];
  for (const [path, body] of bodies) await broker.send(path, { body: JSON.stringify(body) });
  await broker.send('/createSessions', { body: `[${value}` });
  await broker.send(`/${segment}`, { method: 'GET' });
  await broker.send(`/sessionConnectionData/${segment}/${segment}`, { method: 'GET' });
  await broker.send('/oauth2/token', {
    body: `client_id=${segment}&client_secret=${segment}&grant_type=${segment}`,
  });
  await broker.send('/oauth2/token', {
    headers: { authorization: `Basic ${btoa(`${segment}:x`).slice(0, 8000)}` },
  });
  const verifier = `${broker.fleet.agentUrl}/agent/validate-authentication-token`;
  const form = new URLSearchParams({ sessionId: value, authenticationToken: value.slice(0, 30_000) });
  await (await broker.fleet.fetch(verifier, { method: 'POST', body: form.toString() })).text();
  return bodies.length + 6;
}

/** Everything that an agent says of itself, as long as the wire takes it, and once longer. */
async function fromAgents(broker: AttackedBroker, value: string): Promise<number> {
  const lengths = [1, 256, 1024, 60_000].filter((length) => length === 1 || length <= value.length);
  for (const length of lengths) {
    const text = value.slice(0, length);
    const agent = broker.fleet.newAgent(`evil ${text.slice(0, 500)}`, odd(text));
    agent.previousServerIds = [text.slice(0, 512)];
    agent.sessions.set('own', {
      ...hostSession(text.slice(0, 256)),
      name: text,
      owner: text,
      storageRoot: text,
    });
    agent.load = { ...agent.load, loggedInUsers: [text] };
    agent.react = () => ({ kind: 'failed', reason: value.slice(0, 4096), sessionMissing: true });
    try {
      await agent.connect();
    } catch {
      // Refused, which is one of the things that are logged.
      continue;
    }
    await broker.fleet.createMany(2, { DisableRetryOnFailure: true });
    await broker.fleet.rest();
    agent.dcvProblem = text;
    await Promise.race([agent.report(), agent.closed()]);
    agent.sendRaw(JSON.stringify({ type: text.slice(0, 128) }));
    agent.sendRaw(
      JSON.stringify({ type: 'outcome', commandId: text.slice(0, 256), outcome: { kind: text } }),
    );
    await agent.closed();
  }
  return lengths.length;
}

function odd(text: string): Partial<HostFacts> {
  return {
    hostname: text,
    ip: text,
    dnsName: text,
    webUrlPath: text,
    dcvVersion: text,
    agentVersion: text,
    os: { family: 'linux', name: text, version: text },
    tags: [{ key: text.slice(0, 256), value: text }],
  };
}

function isLogLine(line: string): boolean {
  try {
    const parsed = JSON.parse(line) as { level?: unknown; time?: unknown };
    return typeof parsed.level === 'number' && parsed.level < 50 && typeof parsed.time === 'number';
  } catch {
    return false;
  }
}

function disturbsTerminal(line: string): boolean {
  return /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u.test(line);
}
