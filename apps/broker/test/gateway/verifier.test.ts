import { hostSession } from '@dcvsm/testkit';
import { TestFleet } from '../fleet/start-fleet.js';
import { auditOf } from './audit-of.js';
import { connectionToken, no, sendForm, verify, yes } from './dcv-server.js';

let fleet: TestFleet;
beforeEach(async () => {
  fleet = await TestFleet.start({ properties: ['store = memory'] });
  const agent = fleet.newAgent('s1');
  agent.sessions.set('console', hostSession('console'));
  await agent.connect();
});
afterEach(() => fleet[Symbol.asyncDispose]());

const encoded = (text: string): string => encodeURIComponent(text);

it('takes the form without a client address, and with an address that is none', async () => {
  const token = encoded(await connectionToken(fleet, 'console'));
  const form = `sessionId=console&authenticationToken=${token}`;
  expect(await sendForm(fleet, form)).toBe(yes('alice'));
  expect(await sendForm(fleet, `${form}&clientAddress=somewhere&more=1`)).toBe(yes('alice'));
  expect(await sendForm(fleet, form, 'Application/X-WWW-Form-URLEncoded; charset=UTF-8')).toBe(yes('alice'));
});

it.each([
  ['no field', '', 'the form must have sessionId and authenticationToken'],
  ['no token', 'sessionId=console', 'the form must have sessionId and authenticationToken'],
  ['an empty token', 'sessionId=console&authenticationToken=', 'the token is not valid'],
  [
    'two sessions',
    'sessionId=a&sessionId=console&authenticationToken=x',
    'the form must have sessionId once',
  ],
  [
    'two tokens',
    'sessionId=console&authenticationToken=x&authenticationToken=y',
    'the form must have authenticationToken once',
  ],
  ['damaged percent signs', 'sessionId=%&authenticationToken=%zz', 'the token is not valid'],
])('says no to a form with %s', async (_, form, words) => {
  expect(await sendForm(fleet, form)).toBe(no(words));
});

it.each(['application/json', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencodedx'])(
  'says no to %s',
  async (contentType) => {
    expect(await sendForm(fleet, 'sessionId=console&authenticationToken=x', contentType)).toBe(
      no('the body must be a form: application/x-www-form-urlencoded'),
    );
  },
);

it.each([
  ['LAB\\alice', 'LAB\\alice'],
  [`o'brien & <sons> "x"`, 'o&apos;brien &amp; &lt;sons&gt; &quot;x&quot;'],
  ['名前 😀', '名前 😀'],
])('tells the user name %j in XML', async (user, written) => {
  expect(await verify(fleet, 'console', await connectionToken(fleet, 'console', user))).toBe(yes(written));
});

it('gives no token for a user that XML cannot name', async () => {
  await expect(connectionToken(fleet, 'console', 'a\uFFFE')).rejects.toThrow(
    'user: has a character that no user name can have; leave it out',
  );
});

it('records who connected to what from where, and who was refused, without the token', async () => {
  const token = await connectionToken(fleet, 'console', 'bob');
  await verify(fleet, 'console', token);
  await verify(fleet, 'another', token);
  await verify(fleet, token, 'x');
  const entries = await auditOf(fleet, 'connection.verify');
  expect(entries).toMatchObject([
    { outcome: 'success', objects: ['console', 'bob', '198.51.100.7'], address: '127.0.0.1' },
    {
      outcome: 'refused',
      objects: ['another', '198.51.100.7'],
      reason: 'the token is for another session',
    },
    { outcome: 'refused', reason: 'the token is not valid' },
  ]);
  expect(JSON.stringify(entries)).not.toContain(token.slice(-40));
});
