import type { BrokerConfig } from './broker-config.js';
import type { ConfigKey } from './config-key.js';
import { formatProblem } from './config-problem.js';
import { interpretConfig } from './interpret-config.js';
import { allKeys } from './keys.js';

const file = 'broker.properties';

function accepted(text: string): { readonly config: BrokerConfig; readonly notices: readonly string[] } {
  const result = interpretConfig(file, text);
  if (result.kind === 'problems') throw new Error(result.problems.map(formatProblem).join('\n'));
  return result;
}

function problemsOf(text: string): readonly string[] {
  const result = interpretConfig(file, text);
  return result.kind === 'problems' ? result.problems.map(formatProblem) : [];
}

/** A valid value of the key that is not its default. */
function anotherValue(key: ConfigKey): string {
  switch (key.kind) {
    case 'boolean':
      return String(!key.default);
    case 'integer':
      return String((key.default ?? key.min + 6) + 1);
    case 'port':
      return '12345';
    case 'choice':
      return key.choices.find((choice) => choice !== key.default) ?? '';
    case 'text':
      return 'something';
    case 'absolute-path':
      return '/somewhere/else';
    case 'https-origin':
      return 'https://broker.example.com';
    case 'host':
    case 'host-list':
      return 'host.example.com';
  }
}

/** The line without which a key says nothing, such as its file for a password. */
function companyOf(name: string): string {
  if (/^gateway-.*-(port|bind-host)$/.test(name)) return 'enable-gateway = true';
  if (name.endsWith('-store-pass')) return `${name.replace(/pass$/, 'file')} = /store.p12`;
  const [, listener] = /^enable-tls-client-auth-(.*)$/.exec(name) ?? [];
  return listener === undefined ? '' : `${listener}-to-broker-connector-trust-store-file = /trust.p12`;
}

describe('interpretConfig', () => {
  it('has the documented defaults when nothing is set', () => {
    expect(accepted('').config).toEqual({
      workingPath: '/var/lib/dcvsmbroker',
      clientListener: { port: 8443, bindHost: '0.0.0.0' },
      agentListener: { port: 8445, bindHost: '0.0.0.0' },
      gatewayListener: null,
      tls: {
        extraNames: [],
        listeners: {
          client: { clientAuth: 'none' },
          agent: { clientAuth: 'none' },
          gateway: { clientAuth: 'none' },
        },
      },
      authorization: { issuesTokens: true, requiresTokens: true, issuer: null, caFile: null },
      agentAuthorization: { isRequired: true, requiresCertificate: false, allowsOriginalForm: false },
      servesApiDescription: true,
      createQueue: { maxRequests: 1000, maxWaitMs: 1_800_000 },
      sessions: {
        createTimeoutMs: 120_000,
        createRetries: 2,
        connectionTokenLifetimeMs: 3_600_000,
        deletedRetentionMs: 3_600_000,
        autorunMaxArguments: 50,
        autorunMaxArgumentCharacters: 150,
      },
      screenshot: { maxWidthPixels: 160, maxHeightPixels: 100, format: 'png' },
      agents: {
        heartbeatMs: 10_000,
        leaseMs: 30_000,
        unreachableServerRetentionMs: 1_800_000,
        unreachableServerSessionsRetentionMs: undefined,
      },
      limits: { apiRequestsPerSecond: 1000, trustsForwardedFor: false, connectionsPerAddress: 2000 },
      auditMaxFileBytes: 64 * 1_048_576,
      placementStrategy: 'spread',
      store: 'sqlite',
      cluster: null,
      logLevel: 'info',
    });
  });

  // The keys of a shared database count together; jdbc-url.test.ts has them.
  const ofDatabase = /^(enable-persistence|persistence-db|jdbc-.*)$/;
  it.each(allKeys.filter(([name, key]) => key.status.kind === 'implemented' && !ofDatabase.test(name)))(
    'lets %s change the configuration',
    (name, key) => {
      const company = companyOf(name);
      const { config } = accepted(`${company}\n${name} = ${anotherValue(key)}`);
      expect(config).not.toEqual(accepted(company).config);
    },
  );

  // The same holds for those of a cluster; nats-url.test.ts has them.
  const ofCluster = /^cluster-nats-/;
  const withoutEffect = allKeys.filter(
    ([name, key]) => key.status.kind !== 'implemented' && key.quiet === undefined && !ofCluster.test(name),
  );
  it.each(withoutEffect)('says that %s has no effect, and changes nothing', (name, key) => {
    const { config, notices } = accepted(`${name} = ${anotherValue(key)}`);
    expect(config).toEqual(accepted('').config);
    expect(notices).toContainEqual(expect.stringMatching(/\(line 1\): (without effect yet|not needed); /));
  });

  it('serves gateways on demand', () => {
    const lines = 'enable-gateway = true\nenable-tls-client-auth-gateway = true';
    const { config, notices } = accepted(
      `${lines}\ngateway-to-broker-connector-trust-store-file = /trust.p12`,
    );
    expect(config.gatewayListener).toEqual({ port: 8447, bindHost: '0.0.0.0', requiresCertificate: true });
    expect(notices).toEqual([]);
  });

  it('freezes everything', () => {
    const { config } = accepted('tls-extra-names = a.example.com');
    const parts: readonly unknown[] = [config, ...Object.values(config), config.tls.extraNames];
    expect(parts.every((part) => Object.isFrozen(part))).toBe(true);
  });

  it('gives times in milliseconds', () => {
    const { config } = accepted(
      'seconds-before-deleting-sessions-unreachable-server=900\nconnect-session-token-duration-minutes=1440',
    );
    expect(config.agents.unreachableServerSessionsRetentionMs).toBe(900_000);
    expect(config.sessions.connectionTokenLifetimeMs).toBe(86_400_000);
  });

  it('converts the deprecated hours, 0 included', () => {
    const { config, notices } = accepted('delete-session-duration-hours=2');
    expect(config.sessions.deletedRetentionMs).toBe(7_200_000);
    expect(notices).toEqual([
      'delete-session-duration-hours: deprecated; write delete-session-duration-seconds instead',
    ]);
    expect(accepted('delete-session-duration-hours=0').config.sessions.deletedRetentionMs).toBe(0);
  });

  it('lets seconds win over hours, in whichever order they stand', () => {
    const seconds = 'delete-session-duration-seconds = 3600';
    const hours = 'delete-session-duration-hours = 5';
    for (const text of [`${seconds}\n${hours}`, `${hours}\n${seconds}`]) {
      const { config, notices } = accepted(text);
      expect(config.sessions.deletedRetentionMs).toBe(3_600_000);
      expect(notices).toContainEqual(expect.stringContaining('hours: not used'));
    }
  });

  it('reports all problems at once, in the order of the lines', () => {
    const text = [
      'seconds-before-deleting-unreachable-dcv-server = 59',
      'log-level = loud',
      'log-level = info',
      'jdbc-user = \\u12',
      'agent-lease-seconds = 10',
    ].join('\n');
    expect(problemsOf(text)).toEqual([
      'broker.properties:1: seconds-before-deleting-unreachable-dcv-server has the value "59", which is below 60; write a whole number of seconds from 60 to 2147483647',
      'broker.properties:2: log-level has the value "loud", which is not error or warn or info or debug; write error or warn or info or debug',
      'broker.properties:3: log-level is set on line 2 and again on line 3; keep one of the two lines',
      'broker.properties:4: has a \\u that is not followed by four hexadecimal digits; write the character itself, \\u and its four digits, or two backslashes for a backslash',
      'broker.properties:5: agent-lease-seconds is 10, not longer than agent-heartbeat-seconds (10); use about three heartbeats, so that one lost message does no harm',
    ]);
  });

  it('takes the two spellings of a discovery key for the same key', () => {
    const other = 'broker-to-broker-discovery-aws-region = us-east-1';
    expect(problemsOf(`${other.replace('aws', 'AWS')}\n${other}`)).toEqual([
      expect.stringContaining('broker-to-broker-discovery-aws-region is set on line 1 and again on line 2'),
    ]);
    expect(accepted(other.replace('aws', 'AWS')).notices).toContainEqual(
      expect.stringMatching(/^broker-to-broker-\* \(line 1\)/),
    );
  });

  it('tolerates unknown keys and guesses what was meant, without showing their values', () => {
    const { notices } = accepted('enable-gatway = s3cret\nwholly-unknown = s3cret');
    expect(notices.slice(-2)).toEqual([
      '"enable-gatway" (line 1): no key of this broker, ignored; did you mean enable-gateway?',
      '"wholly-unknown" (line 2): no key of this broker, ignored',
    ]);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'takes %s for any unknown key',
    (key) => {
      const { config, notices } = accepted(`${key} = 1`);
      expect(config).toEqual(accepted('').config);
      expect(notices).toContainEqual(expect.stringContaining(`"${key}" (line 1): no key`));
    },
  );

  it('shows no secret, neither in notices nor in problems', () => {
    const secretKeys = allKeys.filter(([name, key]) => key.secret && !ofCluster.test(name));
    const secretLines = secretKeys.map(([name]) => `${name} = hunter2`);
    expect(accepted(secretLines.join('\n')).notices.join()).not.toContain('hunter2');
    const repeated = problemsOf([...secretLines, ...secretLines, 'store = hdd'].join('\n'));
    expect(repeated).toHaveLength(secretLines.length + 1);
    expect(repeated.join()).not.toContain('hunter2');
  });
});
