import { isIP } from 'node:net';

/** Where a shared database is and how to get in, as far as one address says it. */
export interface DatabaseUrl {
  readonly kind: 'mysql' | 'postgres';
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly createsDatabase: boolean;
  readonly tls: { readonly mode: TlsMode; readonly caFile: string | null };
  /** Parameters that mean nothing here. */
  readonly unknown: readonly string[];
}

export type TlsMode = 'off' | 'if-offered' | 'required' | 'verify-ca' | 'verify-name';

export type ParsedUrl =
  | { readonly kind: 'url'; readonly url: DatabaseUrl }
  | { readonly kind: 'problem'; readonly problem: string; readonly remedy: string };

const EXAMPLE = 'write for example jdbc:mysql://db.example.com:3306/dcvsm?createDatabaseIfNotExist=true';
const SCHEMES = new Map([
  ['mysql:', { kind: 'mysql', port: 3306 }],
  ['mariadb:', { kind: 'mysql', port: 3306 }],
  ['postgresql:', { kind: 'postgres', port: 5432 }],
  ['postgres:', { kind: 'postgres', port: 5432 }],
] as const);

/**
 * Reads the address of a database as Java programs write it (administration guide, `jdbc-connection-url`): the
 * parameters of MySQL's, MariaDB's and PostgreSQL's JDBC drivers that choose the encryption, user and password.
 * The `jdbc:` in front may be left out. Nothing of the address is in the problems, since it may hold a password.
 */
export function parseJdbcUrl(text: string): ParsedUrl {
  const plain = text.replace(/^jdbc:/, '');
  if (/^[a-z]+:\/\/[^/]*,/.test(plain))
    return refused('names several hosts', 'name the one that accepts writes, or an address that leads there');
  const url = URL.canParse(plain) ? new URL(plain) : null;
  const scheme = url === null ? undefined : SCHEMES.get(url.protocol as 'mysql:');
  if (url === null || scheme === undefined)
    return refused('is not the address of a MySQL, MariaDB or PostgreSQL database', EXAMPLE);
  const database = decoded(url.pathname.slice(1));
  if (url.hostname === '') return refused('names no host', EXAMPLE);
  if (database === null || database === '' || database.includes('/'))
    return refused('names no database after the host', EXAMPLE);
  const parameters = new Parameters(url.searchParams);
  const tls = parameters.tls();
  if ('problem' in tls) return tls;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // MySQL's driver compares names only.
  if (scheme.kind === 'mysql' && tls.mode === 'verify-name' && isIP(host) !== 0)
    return refused("wants the server's name verified, but gives its address", 'write the name of the host');
  const user = decoded(url.username) || parameters.take('user');
  const password = decoded(url.password) || parameters.take('password');
  const createsDatabase = parameters.take('createDatabaseIfNotExist') === 'true';
  return {
    kind: 'url',
    url: {
      kind: scheme.kind,
      host,
      port: url.port === '' ? scheme.port : Number(url.port),
      ...{ database, user, password, createsDatabase, tls },
      unknown: parameters.rest(),
    },
  };
}

type Problem = Extract<ParsedUrl, { kind: 'problem' }>;

function refused(problem: string, remedy: string): Problem {
  return { kind: 'problem', problem, remedy };
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

const MODES: Readonly<Record<string, TlsMode>> = {
  disabled: 'off',
  disable: 'off',
  false: 'off',
  preferred: 'if-offered',
  prefer: 'if-offered',
  allow: 'if-offered',
  required: 'required',
  require: 'required',
  trust: 'required',
  verify_ca: 'verify-ca',
  verify_identity: 'verify-name',
  verify_full: 'verify-name',
};

/** A key store of Java's cannot be read here, and without it a server would be trusted that should not. */
const JAVA_STORES = ['trustCertificateKeyStoreUrl', 'clientCertificateKeyStoreUrl', 'keyStore', 'trustStore'];

/** The parameters of the address; names count whatever their case. */
class Parameters {
  readonly #values: Map<string, { readonly name: string; readonly value: string }>;

  constructor(values: URLSearchParams) {
    this.#values = new Map([...values].map(([name, value]) => [name.toLowerCase(), { name, value }]));
  }

  take(name: string): string | undefined {
    const found = this.#values.get(name.toLowerCase());
    this.#values.delete(name.toLowerCase());
    return found?.value;
  }

  /** Without any parameter: encrypted if the server offers it, as the original's driver does. */
  tls(): DatabaseUrl['tls'] | Problem {
    const store = JAVA_STORES.find((name) => this.#values.has(name.toLowerCase()));
    if (store !== undefined)
      return refused(
        `has the parameter ${store}, and key stores of Java are not read for databases`,
        'name a PEM file with the authority instead: serverSslCert (MySQL, MariaDB) or sslrootcert (PostgreSQL)',
      );
    const caFile = this.take('serverSslCert') ?? this.take('sslrootcert') ?? null;
    if (caFile !== null && !caFile.startsWith('/'))
      return refused('names a certificate file without its whole path', 'write the path from / on');
    const wanted = this.take('sslMode')?.toLowerCase().replaceAll('-', '_');
    const mode = wanted === undefined ? this.#olderMode() : MODES[wanted];
    if (mode === undefined)
      return refused(
        'has an sslMode that does not exist',
        'write disabled, preferred, required, verify_ca or verify_identity (for PostgreSQL verify-full)',
      );
    return { mode, caFile };
  }

  rest(): readonly string[] {
    return [...this.#values.values()].map(({ name }) => name);
  }

  /** The parameters from before `sslMode`. */
  #olderMode(): TlsMode {
    const use = this.take('useSSL') ?? this.take('ssl');
    const isRequired = this.take('requireSSL') === 'true';
    const isVerified = this.take('verifyServerCertificate') === 'true';
    if (use === 'false') return 'off';
    if (isVerified) return 'verify-ca';
    return use === 'true' || isRequired ? 'required' : 'if-offered';
  }
}
