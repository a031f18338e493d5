import { AttackedBroker, expectRefusal } from './attacked-broker.js';

let broker: AttackedBroker;
beforeAll(async () => {
  broker = await AttackedBroker.start();
});
afterEach(() => broker.expectUnharmed());
afterAll(() => broker[Symbol.asyncDispose]());

const base64 = (content: string | Uint8Array): string => Buffer.from(content).toString('base64');

it.each([
  ['no base64', '%%%%'],
  ['URL-safe base64', '_-_-'],
  ['base64 without its end', 'YWI'],
  ['base64 with blanks', 'YW Jj'],
  ['base64 with padding inside', 'YQ==YQ=='],
  ['more than 64 KiB', base64('#'.repeat(70_000))],
  ['a number', 5],
  ['a list', ['W10=']],
])('%s is a 400 that names the field', async (name, PermissionsFile) => {
  const create = [{ Name: 'n', Owner: 'alice', Type: 'VIRTUAL', PermissionsFile }];
  const update = [{ SessionId: 's', Owner: 'alice', PermissionsFile }];
  const answers = [
    await broker.send('/createSessions', { body: JSON.stringify(create) }),
    await broker.send('/sessionPermissions', { method: 'PUT', body: JSON.stringify(update) }),
  ];
  for (const answer of answers) {
    expect(answer.status).toBe(400);
    expect(expectRefusal(answer, name)).toContain('[0].PermissionsFile: ');
  }
});

it('10 MiB is refused before it is read', async () => {
  const body = JSON.stringify([{ SessionId: 's', Owner: 'a', PermissionsFile: 'A'.repeat(10 * 1_048_576) }]);
  const answer = await broker.send('/sessionPermissions', { method: 'PUT', body });
  expect(answer.status).toBe(413);
  expectRefusal(answer, '10 MiB');
});

it.each([
  ['bytes that are no text', Uint8Array.of(0xff, 0xfe, 0x00), /not text/],
  ['a NUL', '[permissions]\n\0', /not text/],
  ['an entry before any section', '%owner% allow builtin', /line 1/],
  ['an unknown section', '[permission]\n', /line 1: there is no section/],
  ['an unknown feature', '[permissions]\n%owner% allow flying', /line 2: "flying"/],
  ['an unknown rule', '[permissions]\n\n%owner% permit builtin', /line 3: "permit" is no rule/],
  ['half an entry', '[permissions]\n%owner%', /line 2: expected/],
])('%s fails that entry, with its line', async (_, content, words) => {
  const create = [{ Name: 'n', Owner: 'alice', Type: 'VIRTUAL', PermissionsFile: base64(content) }];
  const answer = await broker.send('/createSessions', { body: JSON.stringify(create) });
  expect(answer.status).toBe(200);
  const { UnsuccessfulList } = JSON.parse(answer.text) as { UnsuccessfulList: { FailureReason: string }[] };
  expect(UnsuccessfulList[0]?.FailureReason).toMatch(words);
});
