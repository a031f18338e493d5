import { interpretConfig } from './interpret-config.js';
import { parseJdbcUrl } from './jdbc-url.js';

const read = (text: string) => {
  const parsed = parseJdbcUrl(text);
  if (parsed.kind === 'problem') throw new Error(`${parsed.problem}; ${parsed.remedy}`);
  return parsed.url;
};

it("reads the guide's own form", () => {
  expect(read('jdbc:mysql://database-mysql.rds.example.com:3307/dcv?createDatabaseIfNotExist=true')).toEqual({
    kind: 'mysql',
    host: 'database-mysql.rds.example.com',
    port: 3307,
    database: 'dcv',
    user: undefined,
    password: undefined,
    createsDatabase: true,
    tls: { mode: 'if-offered', caFile: null },
    unknown: [],
  });
});

it.each([
  ['jdbc:mariadb://db/dcv', { kind: 'mysql', port: 3306 }],
  ['jdbc:postgresql://[::1]/dcv', { kind: 'postgres', host: '::1', port: 5432 }],
  ['mysql://me:p%40ss@db/dcv', { user: 'me', password: 'p@ss' }],
  ['jdbc:postgresql://db/dcv?user=me&password=p%26', { user: 'me', password: 'p&' }],
  ['jdbc:mysql://db/dcv%20one', { database: 'dcv one' }],
])('reads %s', (text, expected) => {
  expect(read(text)).toMatchObject(expected);
});

it.each([
  ['useSSL=false', 'off'],
  ['useSSL=true', 'required'],
  ['useSSL=true&verifyServerCertificate=true', 'verify-ca'],
  ['requireSSL=true', 'required'],
  ['sslMode=VERIFY_IDENTITY', 'verify-name'],
  ['sslmode=verify-full', 'verify-name'],
  ['sslMode=trust', 'required'],
  ['sslmode=disable', 'off'],
])('takes %s as %s', (parameters, mode) => {
  expect(read(`jdbc:mysql://db/dcv?${parameters}`).tls.mode).toBe(mode);
});

it('takes the authority from a PEM file, and no key store of Java', () => {
  expect(read('jdbc:mariadb://db/dcv?sslMode=verify-ca&serverSslCert=/etc/db.pem').tls).toEqual({
    mode: 'verify-ca',
    caFile: '/etc/db.pem',
  });
  const java = 'jdbc:mysql://db/dcv?sslMode=VERIFY_CA&trustCertificateKeyStoreUrl=file:/etc/trust.jks';
  expect(() => read(java)).toThrow(/key stores of Java.*serverSslCert/);
});

it.each([
  ['jdbc:oracle://db/dcv', /not the address of a MySQL/],
  ['dcv', /not the address/],
  ['jdbc:mysql://db', /names no database/],
  ['jdbc:mysql://a:3306,b:3306/dcv', /several hosts/],
  ['jdbc:mysql://db/dcv?sslMode=perhaps', /sslMode that does not exist/],
  ['jdbc:mysql://10.0.0.1/dcv?sslMode=VERIFY_IDENTITY', /gives its address/],
  ['jdbc:mysql://db/dcv?serverSslCert=db.pem', /whole path/],
])('refuses %s with words', (text, words) => {
  expect(() => read(text)).toThrow(words);
});

const lines = [
  'enable-persistence = true',
  'persistence-db = mysql',
  'jdbc-connection-url = jdbc:mysql://admin:first@db/dcv?cachePrepStmts=true&useSSL=false',
  'jdbc-password = second',
];

it('gives the broker its database, the keys winning over the address, and a word on what is ignored', () => {
  const result = interpretConfig('broker.properties', lines.join('\n'));
  if (result.kind === 'problems') throw new Error(JSON.stringify(result.problems));
  expect(result.config).toMatchObject({
    store: 'mysql',
    database: { host: 'db', user: 'admin', password: 'second', tls: { mode: 'off' } },
  });
  expect(result.notices).toContain(
    'jdbc-connection-url: the parameters cachePrepStmts mean nothing here and are ignored',
  );
});
