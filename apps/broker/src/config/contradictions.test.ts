import { interpretConfig } from './interpret-config.js';

function keysWithProblems(...lines: readonly string[]): readonly (string | undefined)[] {
  const result = interpretConfig('broker.properties', lines.join('\n'));
  return result.kind === 'problems' ? result.problems.map(({ key }) => key) : [];
}

const mysql = [
  'enable-persistence = true',
  'persistence-db = mysql',
  'jdbc-connection-url = jdbc:mysql://db/dcvsm',
  'jdbc-user = dcvsm',
];
const agentPort = 'agent-to-broker-connector-https-port';

describe('findContradictions', () => {
  it('refuses two listeners on one port of one address', () => {
    expect(keysWithProblems(`${agentPort} = 8443`)).toEqual([agentPort]);
  });

  it('refuses one port when either listener takes every address', () => {
    const host = 'client-to-broker-connector-bind-host = 10.0.0.1';
    expect(keysWithProblems(`${agentPort} = 8443`, host)).toEqual([agentPort]);
  });

  it('allows one port on two addresses, and any free port twice', () => {
    expect(
      keysWithProblems(
        `${agentPort} = 8443`,
        'client-to-broker-connector-bind-host = 10.0.0.1',
        'agent-to-broker-connector-bind-host = 10.0.0.2',
      ),
    ).toEqual([]);
    expect(keysWithProblems(`${agentPort} = 0`, 'client-to-broker-connector-https-port = 0')).toEqual([]);
  });

  it('refuses the port of another listener for the gateway, once there is one', () => {
    const gatewayPort = 'gateway-to-broker-connector-https-port';
    const enabled = 'enable-gateway = true';
    expect(keysWithProblems(enabled, `${gatewayPort} = 8443`)).toEqual([gatewayPort]);
    expect(keysWithProblems(enabled, `${gatewayPort} = 8445`)).toEqual([gatewayPort]);
    expect(keysWithProblems(enabled, `${gatewayPort} = 8446`)).toEqual([]);
    expect(keysWithProblems(`${gatewayPort} = 8443`)).toEqual([]);
  });

  it.each(['agent', 'gateway'])(
    'refuses to ask the %s for a certificate without a trust store',
    (listener) => {
      const enabled = `enable-tls-client-auth-${listener}`;
      expect(keysWithProblems(`${enabled} = true`)).toEqual([enabled]);
      const trustStore = `${listener}-to-broker-connector-trust-store-file = /etc/trust.p12`;
      expect(keysWithProblems(`${enabled} = true`, trustStore)).toEqual([]);
    },
  );

  it('refuses a lease that is not longer than the heartbeat, also against the default', () => {
    expect(keysWithProblems('agent-heartbeat-seconds = 30')).toEqual(['agent-lease-seconds']);
    expect(keysWithProblems('agent-heartbeat-seconds = 29')).toEqual([]);
  });

  it('does not judge a value that could not be read', () => {
    expect(keysWithProblems('agent-heartbeat-seconds = often', 'agent-lease-seconds = 5')).toEqual([
      'agent-heartbeat-seconds',
    ]);
  });

  it('refuses to forget the state when persistence is wished', () => {
    expect(keysWithProblems('store = memory', ...mysql)).toEqual(['store']);
    expect(keysWithProblems('store = sqlite', ...mysql)).toEqual([]);
  });

  it('refuses persistence without what the database needs', () => {
    const on = 'enable-persistence = true';
    expect(keysWithProblems(on)).toEqual(['enable-persistence']);
    expect(keysWithProblems(on, 'persistence-db = mysql')).toEqual(['persistence-db']);
    expect(keysWithProblems(on, 'persistence-db = dynamodb')).toEqual(['persistence-db']);
    const url = 'jdbc-connection-url = jdbc:mysql://db/dcvsm';
    expect(keysWithProblems(on, 'persistence-db = mysql', url)).toEqual(['persistence-db']);
    expect(keysWithProblems(on, 'persistence-db = postgres', url, 'jdbc-user = a')).toEqual([
      'jdbc-connection-url',
    ]);
    expect(
      keysWithProblems(on, 'persistence-db = mysql', 'jdbc-connection-url = somewhere', 'jdbc-user = a'),
    ).toEqual(['jdbc-connection-url']);
    expect(keysWithProblems('persistence-db = mysql')).toEqual([]);
    expect(keysWithProblems(...mysql)).toEqual([]);
  });

  it('points at the file when the key at fault is not in it', () => {
    const result = interpretConfig('broker.properties', 'agent-heartbeat-seconds = 60');
    expect(result.kind === 'problems' && result.problems[0]).not.toHaveProperty('line');
  });
});
