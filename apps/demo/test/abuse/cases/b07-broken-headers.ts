import fc from 'fast-check';
import { howMany, none, Tally, type Abuse } from '../abuse-case.js';
import { BrokerProcess } from '../broker-process.js';
import { answersIn, refusalProblem } from '../judge-answer.js';
import { pool } from '../pool.js';

const REQUEST = 'POST /describeSessions HTTP/1.1';
/** What an attacker would like the broker to take for a request of somebody else. */
const SMUGGLED = 'GET /health HTTP/1.1\r\nHost: smuggled\r\n\r\n';
const CHUNKED = `2\r\n{}\r\n0\r\n\r\n${SMUGGLED}`;

interface BrokenHead {
  readonly kind: string;
  readonly lines: readonly string[];
  readonly body?: string;
}

const chunkedSpelling = fc.constantFrom('chunked', 'Chunked', ' chunked', 'chunked ', 'identity, chunked');
const bothLengths = fc.tuple(chunkedSpelling, fc.nat(100), fc.boolean()).map(([coding, length, first]) => {
  const lines = [`Content-Length: ${length}`, `Transfer-Encoding: ${coding}`];
  return { kind: 'both lengths', lines: first ? lines : lines.toReversed(), body: CHUNKED };
});
const badCoding = fc
  .constantFrom(
    'xchunked',
    'chunked, gzip',
    'chunked, identity',
    '\u000bchunked',
    'chunked;q=1',
    'cow',
    '',
    '"chunked"',
  )
  .map((coding) => ({
    kind: 'odd transfer encoding',
    lines: [`Transfer-Encoding: ${coding}`],
    body: CHUNKED,
  }));
const badLength = fc
  .constantFrom(
    '+2',
    '-2',
    '0x2',
    '2 2',
    '2, 2',
    '2,3',
    '1e1',
    '2.0',
    '٢',
    '99999999999999999999',
    '2\u000b',
    '',
  )
  .map((length) => ({ kind: 'odd length', lines: [`Content-Length: ${length}`], body: `{}${SMUGGLED}` }));
const twoLengths = fc.tuple(fc.nat(50), fc.nat(50)).map(([one, other]) => ({
  kind: 'two lengths',
  lines: [`Content-Length: ${one}`, `Content-Length: ${one === other ? one + 1 : other}`],
  body: `{}${SMUGGLED}`,
}));
const long = fc.integer({ min: 20_000, max: 200_000 }).map((length) => ({
  kind: 'a long header',
  lines: [`X-Long: ${'a'.repeat(length)}`],
}));
const many = fc.integer({ min: 2000, max: 9000 }).map((count) => ({
  kind: '2,000 headers and more',
  lines: Array.from({ length: count }, (_, index) => `X-${index}: v`),
}));
const folded = fc.constantFrom(' ', '\t', ' \t ').map((blank) => ({
  kind: 'a folded header',
  lines: ['X-Folded: a', `${blank}b`],
}));
const badName = fc
  .constantFrom(
    'X A: b',
    'X\0: b',
    ': b',
    'X(: b',
    'X : b',
    'Content-Length\u00a0: 5',
    'X\r: b',
    'X\n\n: b',
    'no colon',
  )
  .map((line) => ({ kind: 'an odd name', lines: [line] }));
const badValue = fc
  .tuple(fc.constantFrom('\0', '\u0001', '\u007f', '\r', '\n\0'), fc.string({ maxLength: 10 }))
  .map(([bad, rest]) => ({ kind: 'an odd value', lines: [`X-A: b${bad}${rest.replace(/[\r\n]/g, '')}`] }));

const anyHead: fc.Arbitrary<BrokenHead> = fc.oneof(
  bothLengths,
  badCoding,
  badLength,
  twoLengths,
  long,
  many,
  folded,
  badName,
  badValue,
);

export const abuse: Abuse = async (form) => {
  await using broker = await BrokerProcess.start();
  const heads = fc.sample(anyHead, { numRuns: howMany(form, 5000, 200), seed: form.seed });
  const statuses = new Tally();
  const wrong: string[] = [];
  const smuggled: string[] = [];
  await pool(heads, 4, async ({ kind, lines, body = '' }) => {
    const authorization = `Authorization: Bearer ${broker.token}`;
    const request = [REQUEST, 'Host: broker', authorization, ...lines, '', body].join('\r\n');
    const { text: said, isClosed } = await broker.raw(request, { endsOurSide: false });
    const [answer, ...more] = answersIn(said);
    statuses.add(answer?.status ?? 'nothing');
    const about = `${kind} ${JSON.stringify(lines.join('\r\n').slice(0, 60))}`;
    const isRefused = answer !== undefined && [400, 431].includes(answer.status);
    const problem = isRefused ? refusalProblem(answer) : `answered ${said.slice(0, 100)}`;
    if (!isClosed) wrong.push(`${about}: the connection stays open`);
    if (problem !== null) wrong.push(`${about}: ${problem}`);
    if (more.length > 0 || said.includes('"status":"ok"')) smuggled.push(about);
  });
  const { length: inputs } = heads;
  return [
    none(
      'heads not answered with 400 or 431 and the end of the connection',
      inputs,
      wrong,
      statuses.toString(),
    ),
    none('second answers, as to a smuggled request', inputs, smuggled),
    none('harm to the broker afterwards', inputs, await broker.harm(), 'makes sessions, logged no error'),
  ];
};
