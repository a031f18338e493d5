import fc from 'fast-check';
import { AttackedBroker } from '../../../../broker/test/bad-input/attacked-broker.js';
import { atMost, howMany, none, Tally, type Abuse } from '../abuse-case.js';
import { BrokerProcess } from '../broker-process.js';
import { refusalProblem } from '../judge-answer.js';

const LIMIT_MS = 20;
/** The least of several times is the broker's own; all else is the machine's. */
const TIMES = 5;
const GOOD = '"Name":"n","Owner":"alice","Type":"VIRTUAL"';

const MANY_KEYS = Array.from({ length: 1_000_000 }, (_, index) => `"${index.toString(36)}":0`).join(',');

const fixed: readonly (readonly [string, string | Uint8Array])[] = [
  ['arrays 10,000 deep', `${'['.repeat(10_000)}${']'.repeat(10_000)}`],
  ['objects 10,000 deep', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
  ['1,000,000 deep, not closed', '['.repeat(1_000_000)],
  ['1,000,000 keys', `[{${MANY_KEYS}}]`],
  ['as many keys as fit', `[{${MANY_KEYS.slice(0, 2_000_000)}":1}]`],
  ['600,000 entries', `[${'{},'.repeat(600_000)}{}]`],
  ['a key twice', `[{${GOOD},"Owner":"bob"}]`],
  ['a key twice, once escaped', `[{${GOOD},"Own\\u0065r":"bob"}]`],
  ['__proto__', `[{${GOOD},"__proto__":{"polluted":true}}]`],
  ['__proto__, escaped', `[{${GOOD},"\\u005f_proto__":{"polluted":true}}]`],
  ['constructor.prototype', `[{${GOOD},"constructor":{"prototype":{"polluted":true}}}]`],
  ['a lone surrogate', '[{"Name":"\\ud800","Owner":"alice","Type":"VIRTUAL"}]'],
  ['1e400', `[{${GOOD},"MaxConcurrentClients":1e400}]`],
  ['-1e400', `[{${GOOD},"MaxConcurrentClients":-1e400}]`],
  ['a number of a million digits', `[{${GOOD},"MaxConcurrentClients":${'9'.repeat(1_000_000)}}]`],
  ['a million escapes', `[{"Name":"${'\\u0041'.repeat(300_000)}"}]`],
  ['a byte order mark', `\ufeff[{${GOOD}}]`],
  ['UTF-16', Buffer.from(`[{${GOOD}}]`, 'utf16le')],
  ['broken UTF-8', Buffer.from([0x5b, 0x22, 0xc3, 0x28, 0x22, 0x5d])],
  ['trailing bytes', `[{${GOOD}}]\0`],
  ['two values', `[{${GOOD}}][{${GOOD}}]`],
  ['NaN', `[{${GOOD},"MaxConcurrentClients":NaN}]`],
  ['nothing but blanks', ' '.repeat(2_000_000)],
];

/** Text that is never JSON: something is put in or taken out where each character counts. */
const broken = fc
  .tuple(
    fc.jsonValue({ maxDepth: 4 }),
    fc.nat(),
    fc.constantFrom('\0', ',,', '\ufeff', "'", '/*', '1e', '\\'),
  )
  .map(([value, at, noise]) => {
    const text = JSON.stringify([value]);
    const from = at % text.length;
    return text.slice(0, from) + noise + text.slice(from);
  })
  .filter((text) => !isJson(text));

export const abuse: Abuse = async (form) => {
  await using broker = await BrokerProcess.start();
  const statuses = new Tally();
  const wrong: string[] = [];
  const send = async (name: string, body: string | Uint8Array): Promise<void> => {
    const answer = await broker.send('/createSessions', { body });
    statuses.add(answer.status);
    const isRefused = [400, 413].includes(answer.status);
    const problem = isRefused
      ? refusalProblem(answer)
      : answer.status === 0
        ? null
        : `status ${answer.status}`;
    if (problem !== null) wrong.push(`${name}: ${problem}`);
  };
  const texts = fc.sample(broken, { numRuns: howMany(form, 10_000, 200), seed: form.seed });
  for (const text of texts) await send(text, text);
  let slowest = { name: 'not measured', ms: 0 };
  for (const [name, body] of fixed) {
    const ms = await leastWork(broker, () => send(name, body));
    if (ms > slowest.ms) slowest = { name, ms };
  }
  const inputs = fixed.length + texts.length;
  return [
    none('answers other than 400, or 413 for what is too long', inputs, wrong, statuses.toString()),
    atMost("the broker's processor time for one, worst", {
      inputs: fixed.length,
      value: slowest.ms,
      limit: LIMIT_MS,
      unit: 'ms',
      outcome: slowest.name,
    }),
    none('harm to the broker afterwards', inputs, await broker.harm(), 'makes sessions, logged no error'),
    none('fields that every object has afterwards', fixed.length, await pollution()),
  ];
};

/** The least of several times is the request's own; the others have other work of the broker in them. */
async function leastWork(broker: BrokerProcess, request: () => Promise<void>): Promise<number> {
  let least = Infinity;
  for (let time = 0; time < TIMES; time += 1) {
    const before = broker.processorMs ?? 0;
    await request();
    least = Math.min(least, (broker.processorMs ?? 0) - before);
  }
  return least;
}

/** Only in a broker of this process the prototypes can be looked at. */
async function pollution(): Promise<string[]> {
  await using broker = await AttackedBroker.start();
  for (const [, body] of fixed) await broker.send('/createSessions', { body });
  await broker.expectUnharmed();
  return ['polluted', 'isAdmin', 'Name', 'Owner'].filter((key) => key in {});
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
