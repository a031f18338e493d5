import { once } from 'node:events';
import { connect } from 'node:tls';
import { operationIds, operations } from '@dcvsm/protocol';
import fc from 'fast-check';
import { howMany, none, Tally, type Abuse, type Finding, type Form } from '../abuse-case.js';
import { BrokerProcess } from '../broker-process.js';
import { answersIn, refusalProblem } from '../judge-answer.js';
import { pool } from '../pool.js';

const METHODS = [
  'POST',
  'GET',
  'PUT',
  'HEAD',
  'TRACE',
  'OPTIONS',
  'CONNECT',
  'DELETE',
  'PATCH',
  'PRI',
  'PROPFIND',
];
const PATHS = operationIds.map((id) => operations[id].path.replace(/\{\w+\}/g, 'a'));
/** What anybody may have. */
const PUBLIC = /^(?:[a-z]+:\/\/[^/?#]*)?\/(?:health|dcv-session-manager-api\.yaml)$/i;

/** Ways to write a target so that somebody on the way reads it differently. */
function targets(form: Form): string[] {
  const path = fc.constantFrom(...PATHS, '/health', '/oauth2/token', '/');
  const spelled = fc.oneof(
    path.map((one) => `/${one}`),
    path.map((one) => `${one}//`),
    path.map((one) => `${one}/`),
    path.map((one) => one.replace('/', '/./')),
    path.map((one) => `/health/..${one}`),
    path.map((one) => `/health%2f..${one}`),
    path.map((one) => `/health;${one}`),
    path.map((one) => `/health?${one}`),
    path.map((one) => `/health#${one}`),
    path.map((one) => `${one}?x=/health`),
    path.map((one) => `${one}%2f`),
    path.map((one) => `${one}%00`),
    path.map((one) => `${one};jsessionid=1`),
    path.map((one) => one.toUpperCase()),
    path.map((one) => `/%${(one.charCodeAt(1) || 0x2f).toString(16)}${one.slice(2)}`),
    path.map((one) => one.replace('/', '\\')),
    path.map((one) => one.replace('/', '%5c')),
    path.map((one) => `/%2e%2e${one}`),
    path.map((one) => `https://broker${one}`),
    path.map((one) => `http://broker:99999${one}`),
    path.map((one) => `https://user:secret@broker${one}`),
    path.map((one) => `HTTPS://[::1]${one}`),
    path.map((one) => `//evil.example${one}`),
    path.map((one) => `file://${one}`),
    fc.constantFrom('*', 'broker:443', '', '/%', '/%zz', '/%c0%af', `/${'a/'.repeat(3000)}`),
    fc
      .tuple(path, fc.nat(), fc.constantFrom('/', '%2f', '%', '.', '\\', ';', '?', '#', '\u00e4'))
      .map(([one, at, noise]) => {
        const from = at % (one.length + 1);
        return one.slice(0, from) + noise + one.slice(from);
      }),
  );
  return fc.sample(spelled, { numRuns: howMany(form, 4000, 200), seed: form.seed });
}

export const abuse: Abuse = async (form) => {
  await using broker = await BrokerProcess.start();
  return [
    await withoutToken(broker, targets(form), form),
    await sameAsPlain(broker),
    await noHttp2(broker),
    none('harm to the broker afterwards', 1, await broker.harm(), 'makes sessions, logged no error'),
  ];
};

/** Whatever the method and however the target is written: without a token there is nothing but what is public. */
async function withoutToken(broker: BrokerProcess, all: readonly string[], { seed }: Form): Promise<Finding> {
  const methods = fc.sample(fc.constantFrom(...METHODS), { numRuns: all.length, seed });
  const statuses = new Tally();
  const wrong: string[] = [];
  await pool(all.entries(), 8, async ([index, target]) => {
    const method = methods[index] ?? 'GET';
    const request = `${method} ${target} HTTP/1.1\r\nHost: broker\r\nX-Secret: s3cret\r\nConnection: close\r\n\r\n`;
    const { text, isClosed } = await broker.raw(request, { endsOurSide: false });
    const [answer] = answersIn(text);
    statuses.add(answer?.status ?? 'closed');
    const problem = openProblem(method, target, text);
    if (problem !== null || !isClosed)
      wrong.push(`${method} ${target.slice(0, 80)}: ${problem ?? 'stays open'}`);
  });
  return none('targets that give anything without a token', all.length, wrong, statuses.toString());
}

function openProblem(method: string, target: string, conversation: string): string | null {
  if (conversation.includes('s3cret')) return 'echoes a header';
  const [answer] = answersIn(conversation);
  if (answer === undefined) return 'no answer';
  if (answer.status === 200)
    return PUBLIC.test(target.replace(/[?#].*/s, '')) ? null : conversation.slice(0, 200);
  return method === 'HEAD' ? null : refusalProblem(answer);
}

/** A whole URL as a proxy sends it means the same as its path. */
async function sameAsPlain(broker: BrokerProcess): Promise<Finding> {
  const wrong: string[] = [];
  const forms = ['', 'http://broker', 'https://broker:8443', 'HTTPS://BROKER', 'https://user@[::1]'];
  for (const start of forms) {
    const head = `POST ${start}/describeServers HTTP/1.1\r\nHost: broker\r\nConnection: close\r\n`;
    const { text } = await broker.raw(
      `${head}Authorization: Bearer ${broker.token}\r\nContent-Length: 0\r\n\r\n`,
      {
        endsOurSide: false,
      },
    );
    const [answer] = answersIn(text);
    if (answer?.status !== 200 || !answer.text.includes('"Servers":[]'))
      wrong.push(`${start}: ${text.slice(0, 100)}`);
  }
  return none('whole URLs that are routed differently from their path', forms.length, wrong);
}

/** HTTP/2 is not spoken: neither agreed on, nor when somebody just begins with it. */
async function noHttp2(broker: BrokerProcess): Promise<Finding> {
  const wrong: string[] = [];
  const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
  const settings = '\0\0\0\x04\0\0\0\0\0';
  const { text, isClosed } = await broker.raw(preface + settings, { endsOurSide: false });
  if (!isClosed || answersIn(text)[0]?.status !== 400) wrong.push(`prior knowledge: ${text.slice(0, 100)}`);
  const { clientPort: port, ca } = broker;
  const socket = connect({ host: '127.0.0.1', port, ca, ALPNProtocols: ['h2', 'http/1.1'] });
  await once(socket, 'secureConnect');
  if (socket.alpnProtocol === 'h2') wrong.push('agreed on h2');
  socket.destroy();
  return none('ways to speak HTTP/2', 2, wrong, `agreed on ${socket.alpnProtocol || 'nothing'}`);
}
