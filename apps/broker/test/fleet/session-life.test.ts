import { TestFleet } from './start-fleet.js';

it('creates, describes, pictures, connects to and deletes a session', async () => {
  await using fleet = await TestFleet.start();
  const agent = await fleet.agent('s1', { tags: [{ key: 'color', value: 'pink' }] });

  const created = await fleet.create({ Requirements: "tag:color = 'pink'" });
  expect(created).toMatchObject({ State: 'CREATING', Substate: 'SESSION_PLACING', Owner: 'alice' });
  await agent.command('create-session', created.Id);
  const ready = await fleet.describe(created.Id);
  expect(ready).toMatchObject({ State: 'READY', Server: { Id: 's1', Hostname: 's1' }, NumOfConnections: 0 });

  const pictures = await fleet.client.getSessionScreenshots([{ SessionId: created.Id }]);
  expect(pictures.SuccessfulList[0]?.SessionScreenshot.Images[0]).toMatchObject({
    Format: 'png',
    Primary: true,
  });

  const connection = await fleet.client.GetSessionConnectionData({ sessionId: created.Id, user: 'bob' });
  expect(connection.ConnectionToken).not.toBe('');

  const deleted = await fleet.client.deleteSessions([{ SessionId: created.Id, Owner: 'alice' }]);
  expect(deleted.SuccessfulList).toEqual([{ SessionId: created.Id, State: 'DELETING' }]);
  await agent.command('delete-session', created.Id);
  expect(await fleet.describe(created.Id)).toMatchObject({ State: 'DELETED' });
});

it('says who is not the owner without what turns the direction of text', async () => {
  await using fleet = await TestFleet.start();
  await fleet.agent('s1');
  const { Id: SessionId } = await fleet.create();
  await fleet.rest();
  const stranger = { SessionId, Owner: 'bob\u202eecila' };
  const answers = [
    await fleet.client.deleteSessions([stranger]),
    await fleet.client.updateSessionPermissions([{ ...stranger, PermissionsFile: '' }]),
  ];
  for (const { UnsuccessfulList } of answers) {
    const words = `bob?ecila is not the owner of the session ${SessionId}`;
    expect(UnsuccessfulList).toMatchObject([{ FailureReason: words }]);
  }
});
