import { AttackedBroker, expectRefusal, measureWork } from './attacked-broker.js';

let broker: AttackedBroker;
beforeAll(async () => {
  broker = await AttackedBroker.start();
});
afterEach(() => broker.expectUnharmed());
afterAll(() => broker[Symbol.asyncDispose]());

const GOOD = '"Name":"n","Owner":"alice","Type":"VIRTUAL"';

it.each<[string, string | Uint8Array, number, RegExp]>([
  ['nesting of 10,000', '['.repeat(10_000), 400, /nested deeper/],
  ['nesting of 1,000,000', '{"a":'.repeat(300_000), 400, /nested deeper/],
  [
    '99,000 keys',
    `[{${Array.from({ length: 99_000 }, (_, index) => `"k${index}":1`).join()}}]`,
    400,
    /more than 100 fields/,
  ],
  ['600,000 empty entries', `[${'{},'.repeat(600_000)}{}]`, 400, /100000 values/],
  [
    '990,000 bad arguments',
    `[${`{"AutorunFileArguments":[${'1,'.repeat(999)}1]},`.repeat(990)}{}]`,
    400,
    /100000 values/,
  ],
  ['33,000 empty entries', `[${'{},'.repeat(33_000)}{}]`, 400, /Invalid input/],
  ['more than a thousand entries', `[${`{${GOOD}},`.repeat(1000)}{${GOOD}}]`, 400, /at most 1000 entries/],
  ['a key given twice', `[{${GOOD},"Owner":"bob"}]`, 400, /"Owner" is given twice/],
  ['a key given twice, once escaped', `[{${GOOD},"Own\\u0065r":"bob"}]`, 400, /"Owner" is given twice/],
  ['__proto__', `[{${GOOD},"__proto__":{"polluted":true}}]`, 400, /"__proto__" is not allowed/],
  [
    '__proto__, escaped',
    `[{${GOOD},"__proto\\u005f_":{"polluted":true}}]`,
    400,
    /"__proto__" is not allowed/,
  ],
  [
    'constructor.prototype',
    '{"constructor":{"prototype":{"polluted":true}}}',
    400,
    /"constructor" is not allowed/,
  ],
  [
    'a field of Object.prototype',
    `[{${GOOD},"toString":"x","hasOwnProperty":1}]`,
    400,
    /no field "toString"/,
  ],
  [
    'a lone surrogate',
    `[{"Name":"\\ud800","Owner":"alice","Type":"VIRTUAL"}]`,
    400,
    /Name: must be well-formed Unicode/,
  ],
  ['a lone surrogate as a key', `[{${GOOD},"\\udc00":1}]`, 400, /no field/],
  [
    'a number beyond all',
    `[{${GOOD},"MaxConcurrentClients":1e400}]`,
    400,
    /MaxConcurrentClients: must be a number/,
  ],
  [
    'a number that would be rounded',
    `[{${GOOD},"MaxConcurrentClients":9007199254740993}]`,
    400,
    /MaxConcurrentClients/,
  ],
  [
    'a negative number',
    `[{${GOOD},"MaxConcurrentClients":-1}]`,
    400,
    /MaxConcurrentClients: must be at least 1/,
  ],
  ['a byte order mark', `\ufeff[]`, 400, /not valid JSON/],
  ['UTF-16', Buffer.from('[]', 'utf16le'), 400, /not valid JSON/],
  ['bytes that are not UTF-8', Uint8Array.of(0x5b, 0x22, 0xff, 0x22, 0x5d), 400, /not valid UTF-8/],
  ['trailing bytes', `[{${GOOD}}]x`, 400, /not valid JSON/],
  ['two values', `[][]`, 400, /not valid JSON/],
  ['a trailing comma', `[{${GOOD}},]`, 400, /not valid JSON/],
  ['a comment', `[/* none */]`, 400, /not valid JSON/],
  ['single quotes', `[{'Name':'n'}]`, 400, /not valid JSON/],
  ['NaN', `[{${GOOD},"MaxConcurrentClients":NaN}]`, 400, /not valid JSON/],
  ['text instead of entries', '"[]"', 400, /must be an array/],
  ['one entry without its array', `{${GOOD}}`, 400, /must be an array/],
  ['3 MiB', ' '.repeat(3 * 1_048_576), 413, /longer than 2097152 bytes/],
])('%s is refused in words, soon', async (name, body, status, words) => {
  const workMs = measureWork();
  const answer = await broker.send('/createSessions', { body });
  expect(expectRefusal(answer, name)).toMatch(words);
  expect(answer.status).toBe(status);
  expect(answer.text.length).toBeLessThan(2200);
  expect(workMs()).toBeLessThan(1000);
});

it.each<[string, Record<string, string>, RegExp]>([
  [
    'a form',
    { 'content-type': 'application/x-www-form-urlencoded' },
    /Content-Type must be application\/json/,
  ],
  ['text', { 'content-type': 'text/plain' }, /Content-Type must be application\/json/],
  ['something compressed', { 'content-encoding': 'gzip' }, /Content-Encoding is not supported/],
])('a body that is said to be %s is refused', async (_, headers, words) => {
  const answer = await broker.send('/createSessions', { body: '[]', headers });
  expect(answer.status).toBe(415);
  expect(expectRefusal(answer, headers)).toMatch(words);
});
