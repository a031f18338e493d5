import { interpretConfig } from './interpret-config.js';

/** The settings that the original's file has active after installation, without its comments. */
const installed = `
enable-authorization-server = true
enable-authorization = true
enable-agent-authorization = true
enable-persistence = false
connect-session-token-duration-minutes = 60
delete-session-duration-seconds = 3600
client-to-broker-connector-https-port = 8443
client-to-broker-connector-bind-host = 0.0.0.0
agent-to-broker-connector-https-port = 8445
agent-to-broker-connector-bind-host = 0.0.0.0
enable-gateway = false
broker-to-broker-port = 47100
cli-to-broker-port = 47200
broker-to-broker-bind-host = 0.0.0.0
broker-to-broker-discovery-port = 47500
broker-to-broker-discovery-addresses = 127.0.0.1:47500
broker-to-broker-distributed-memory-max-size-mb = 4096
broker-to-broker-connection-login = dcvsm-user
broker-to-broker-connection-pass = dcvsm-pass
enable-cloud-watch-metrics = false
session-manager-working-path = /var/lib/dcvsmbroker
`;

/** What the installer of a larger product writes: everything at once, without blanks around the sign. */
const cluster = `
enable-authorization-server=false
enable-authorization=true
enable-agent-authorization=false
enable-persistence=true
persistence-db=dynamodb
dynamodb-region=eu-west-1
dynamodb-table-rcu=5
dynamodb-table-wcu=5
dynamodb-table-name-prefix=demo.dcv-broker.
connect-session-token-duration-minutes=1440
delete-session-duration-hours=0
seconds-before-deleting-unreachable-dcv-server=60
client-to-broker-connector-https-port=8444
client-to-broker-connector-bind-host=::
agent-to-broker-connector-https-port=8445
gateway-to-broker-connector-https-port=8446
gateway-to-broker-connector-bind-host=0.0.0.0
enable-gateway=true
broker-to-broker-discovery-aws-region=eu-west-1
broker-to-broker-discovery-aws-alb-target-group-arn=arn:aws:elasticloadbalancing:eu-west-1:000000000000:targetgroup/demo/0
metrics-fleet-name-dimension=demo
enable-cloud-watch-metrics=true
session-screenshot-max-height=600
session-screenshot-max-width=800
`;

/** The part of each notice before its lines and its reason. */
function subjects(notices: readonly string[]): readonly string[] {
  return notices.map((notice) => notice.replace(/(?: \(lines? [^)]*\))?: .*$/, ''));
}

describe("the original's own files", () => {
  it('start without a notice as installed', () => {
    const result = interpretConfig('installed', installed);
    expect(result.kind === 'ok' && result.notices).toEqual([]);
  });

  it('start with one notice per subject when much is set that has no effect yet', () => {
    const result = interpretConfig('cluster', cluster);
    if (result.kind === 'problems') throw new Error(JSON.stringify(result.problems));
    expect(subjects(result.notices)).toEqual([
      'persistence-db = dynamodb, dynamodb-*',
      'broker-to-broker-*',
      'enable-cloud-watch-metrics, cloud-watch-region, metrics-fleet-name-dimension',
      'delete-session-duration-hours',
      'enable-gateway',
      'enable-agent-authorization',
    ]);
    expect(result.config).toMatchObject({
      clientListener: { port: 8444, bindHost: '::' },
      gatewayListener: { port: 8446, bindHost: '0.0.0.0', requiresCertificate: false },
      authorization: { issuesTokens: false, requiresTokens: true, issuer: null, caFile: null },
      sessions: { connectionTokenLifetimeMs: 86_400_000, deletedRetentionMs: 0 },
      agents: { unreachableServerRetentionMs: 60_000 },
      screenshot: { maxWidthPixels: 800, maxHeightPixels: 600 },
    });
  });

  it('keep the wish for persistence in sight', () => {
    const text = 'enable-persistence = true\npersistence-db = dynamodb\ndynamodb-region = eu-west-1';
    const result = interpretConfig('persistent', text);
    expect(result.kind === 'ok' && result.notices).toContainEqual(
      expect.stringMatching(/\(line 3\).*SQLite file under session-manager-working-path keeps the state/),
    );
  });

  it('warn of an open client port and of a state that is forgotten', () => {
    const result = interpretConfig('open', 'enable-authorization = false\nstore = memory');
    expect(result.kind === 'ok' && subjects(result.notices)).toEqual(['enable-authorization', 'store']);
  });

  it('warn of an agent port that asks nobody who he is, unless only this host reaches it', () => {
    const open = 'enable-agent-authorization = false';
    const local = `${open}\nagent-to-broker-connector-bind-host = 127.0.0.1`;
    const notices = (text: string): readonly string[] => {
      const result = interpretConfig('open', text);
      return result.kind === 'ok' ? result.notices : ['problems'];
    };
    expect(notices(open)).toEqual([expect.stringContaining('can pretend to be a DCV server')]);
    expect(notices(local)).toEqual([]);
  });
});
