import { hostname } from 'node:os';
import { interpretConfig } from './interpret-config.js';
import { parseNatsUrl } from './nats-url.js';

const nobody = { user: null, password: null, token: null };

it.each([
  ['nats://a.example.com', { servers: ['a.example.com:4222'], tls: false, ...nobody }],
  ['a.example.com:4333', { servers: ['a.example.com:4333'], tls: false, ...nobody }],
  ['tls://a:1, tls://b:2/', { servers: ['a:1', 'b:2'], tls: true, ...nobody }],
  ['nats://[::1]:4222', { servers: ['[::1]:4222'], tls: false, ...nobody }],
  [
    'nats://me:p%40ss@a,nats://b',
    { servers: ['a:4222', 'b:4222'], user: 'me', password: 'p@ss', token: null },
  ],
  ['nats://me:x@a,nats://me:x@b', { user: 'me', password: 'x' }],
  ['nats://word@a', { user: null, password: null, token: 'word' }],
])('reads %s', (text, url) => {
  expect(parseNatsUrl(text)).toMatchObject({ kind: 'url', url });
});

it.each([
  ['http://a', /not the address of a NATS server/],
  ['nats://a,', /not the address/],
  ['nats://', /not the address/],
  ['nats://a/path', /not the address/],
  ['nats://a:99999', /not the address/],
  ['nats://a,tls://b', /TLS of some servers/],
  ['nats://me:x@a,nats://you:x@b', /several users/],
  ['nats://me:%zz@a', /broken % code/],
])('refuses %s with words that do not tell it', (text, words) => {
  const parsed = parseNatsUrl(text);
  expect(parsed).toMatchObject({ kind: 'problem', problem: expect.stringMatching(words) });
  expect(JSON.stringify(parsed)).not.toContain(text);
});

const shared = [
  'enable-persistence = true',
  'persistence-db = mysql',
  'jdbc-connection-url = jdbc:mysql://me:x@db/dcvsm',
];

function read(...lines: readonly string[]) {
  return interpretConfig('broker.properties', lines.join('\n'));
}

it('tells the broker how to join the others', () => {
  process.env.DCVSM_TEST_NATS_URL = 'tls://broker:secret@nats.example.com';
  const result = read(
    ...shared,
    'cluster-nats-url = ${env:DCVSM_TEST_NATS_URL}',
    'cluster-nats-ca-file = /etc/nats.pem',
    'broker-name = one',
  );
  delete process.env.DCVSM_TEST_NATS_URL;
  expect(result).toMatchObject({
    kind: 'ok',
    config: {
      cluster: {
        nats: {
          servers: ['nats.example.com:4222'],
          tls: true,
          user: 'broker',
          password: 'secret',
          caFile: '/etc/nats.pem',
          credentialsFile: null,
        },
        name: 'dcvsm',
        brokerName: 'one',
      },
    },
  });
  expect(read(...shared)).toMatchObject({ kind: 'ok', config: { cluster: null } });
  expect(read(...shared, 'cluster-nats-url = nats://a')).toMatchObject({
    config: { cluster: { brokerName: hostname() } },
  });
});

it.each([
  [['cluster-nats-url = nats://a'], 'cluster-nats-url', /enable-persistence = true/],
  [['cluster-nats-ca-file = /etc/nats.pem'], 'cluster-nats-ca-file', /name the NATS servers/],
  [['cluster-nats-credentials-file = /etc/nats.creds'], 'cluster-nats-credentials-file', /name the NATS/],
  [
    [...shared, 'cluster-nats-url = nats://me:x@a', 'cluster-nats-credentials-file = /etc/nats.creds'],
    'cluster-nats-credentials-file',
    /keep one/,
  ],
  [[...shared, 'cluster-nats-url = http://a'], 'cluster-nats-url', /tls:/],
])('refuses %j', (lines, key, remedy) => {
  expect(read(...lines)).toMatchObject({
    kind: 'problems',
    problems: [{ key, remedy: expect.stringMatching(remedy) }],
  });
});

it('says once, and not with the address, that brokers do not work together yet', () => {
  const result = read(...shared, 'cluster-nats-url = nats://me:hidden@a', 'cluster-name = blue');
  const notices = result.kind === 'ok' ? result.notices : [];
  expect(notices.filter((notice) => notice.startsWith('cluster-'))).toEqual([
    expect.stringMatching(/lines 4, 5.*without effect yet.*one broker at a time/),
  ]);
  expect(notices.join()).not.toContain('hidden');
});
