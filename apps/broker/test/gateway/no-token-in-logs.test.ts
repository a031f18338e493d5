import { LogLines } from '../bad-input/attacked-broker.js';
import { auditText } from './audit-of.js';
import { connectionToken, no, sendForm, verify, yes } from './dcv-server.js';
import { GatewayFleet } from './played-gateway.js';

it('no line of the log or the audit log carries a connection token, whoever sends it where', async () => {
  const lines = new LogLines();
  await using started = await GatewayFleet.start({ log: lines.log });
  const { fleet, gateway } = started;
  await fleet.agent('s1');
  const { Id: id } = await fleet.create();
  await fleet.rest();
  const token = await connectionToken(fleet, id);
  expect(await gateway.resolve(id)).toMatchObject({ status: 200 });
  expect(await verify(fleet, id, token)).toBe(yes('alice'));
  const answers = [
    await verify(fleet, 'another', token),
    await verify(fleet, token, token),
    await verify(fleet, id, `${token}x`),
    await sendForm(fleet, `sessionId=${id}&authenticationToken=${token}&authenticationToken=${token}`),
    JSON.stringify(await gateway.resolve(token)),
    JSON.stringify(
      await gateway.send('POST', `/resolveSession?sessionId=${id}&transport=HTTP&clientIpAddress=${token}`),
    ),
    JSON.stringify(await gateway.send('POST', `/resolveSession?sessionId=${id}&transport=${token}`)),
    JSON.stringify(await gateway.send('GET', `/${id}?authToken=${token}`)),
  ];
  await fleet.delete(id);
  await fleet.rest();
  answers.push(await verify(fleet, id, token));
  expect(answers.at(-1)).toBe(no('the session does not exist'));
  const [header = '', claims = '', signature = ''] = token.split('.');
  const written = `${lines.text}\n${await auditText(fleet)}\n${answers.join('\n')}`;
  expect(written).toContain(id);
  expect(written).toContain('gateway.resolve');
  for (const part of [token, `${header}.${claims}`, signature, signature.slice(-20)]) {
    expect(written).not.toContain(part);
  }
});
