import type { OperationId } from '@dcvsm/protocol';
import type { RulesFleet } from './rules-fleet.js';

const PERMISSIONS = Buffer.from('[permissions]\n%owner% allow builtin\n').toString('base64');

/** One call of each operation that must succeed, with a glance at the answer; without one an operation does not compile. */
export const happyPaths: { readonly [Id in OperationId]: (rules: RulesFleet) => Promise<void> } = {
  async createSessions({ client }) {
    const answer = await client.createSessions([{ Name: 'work', Owner: 'alice', Type: 'VIRTUAL' }]);
    expect(answer).toMatchObject({
      SuccessfulList: [{ Name: 'work', State: 'CREATING' }],
      UnsuccessfulList: [],
    });
  },
  async describeSessions(rules) {
    const id = await rules.readySession();
    const answer = await rules.client.describeSessions({ SessionIds: [id] });
    expect(answer.Sessions).toMatchObject([{ Id: id, State: 'READY', Server: { Id: 's1' } }]);
  },
  async deleteSessions(rules) {
    const id = await rules.readySession();
    const answer = await rules.client.deleteSessions([{ SessionId: id, Owner: 'alice' }]);
    expect(answer.SuccessfulList).toEqual([{ SessionId: id, State: 'DELETING' }]);
  },
  async getSessionScreenshots(rules) {
    const id = await rules.readySession();
    const answer = await rules.client.getSessionScreenshots([
      { SessionId: id, MaxWidth: 100, MaxHeight: 50 },
    ]);
    const [picture] = answer.SuccessfulList;
    expect(picture?.SessionScreenshot).toMatchObject({
      SessionId: id,
      Images: [{ Format: 'png', Primary: true }],
    });
    const { command } = await rules.agent.command('take-screenshot', id);
    expect(command).toMatchObject({ maxWidth: 100, maxHeight: 50 });
  },
  async updateSessionPermissions(rules) {
    const id = await rules.readySession();
    const entry = { SessionId: id, Owner: 'alice', PermissionsFile: PERMISSIONS };
    const answer = await rules.client.updateSessionPermissions([entry]);
    expect(answer.SuccessfulList).toEqual([{ SessionId: id }]);
    const { command } = await rules.agent.command('set-permissions', id);
    expect(command).toMatchObject({ permissionsFile: PERMISSIONS });
  },
  async GetSessionConnectionData(rules) {
    const id = await rules.readySession();
    const answer = await rules.client.GetSessionConnectionData({ sessionId: id, user: 'bob' });
    expect(answer.Session).toMatchObject({
      Id: id,
      Server: { Ip: '10.0.0.1', Port: '8443', WebUrlPath: '/' },
    });
    expect(answer.ConnectionToken.split('.')).toHaveLength(3);
  },
  async describeServers({ client }) {
    const answer = await client.describeServers({});
    expect(answer.Servers).toMatchObject([{ Id: 's1', Availability: 'AVAILABLE' }]);
  },
  async openServers({ client }) {
    const answer = await client.openServers([{ ServerId: 's1' }]);
    expect(answer.SuccessfulList).toEqual([{ ServerId: 's1' }]);
  },
  async closeServers({ client }) {
    const answer = await client.closeServers([{ ServerId: 's1', Force: true }]);
    expect(answer.SuccessfulList).toEqual([{ ServerId: 's1' }]);
    const { Servers } = await client.describeServers({ ServerIds: ['s1'] });
    expect(Servers).toMatchObject([{ Availability: 'UNAVAILABLE', UnavailabilityReason: 'SERVER_CLOSED' }]);
  },
};
