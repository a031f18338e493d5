/** Where a shared database is and how to get in. */
export interface DatabaseAddress {
  readonly kind: 'mysql' | 'postgres';
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** The database is made if the server has none of that name. */
  readonly createsDatabase: boolean;
  readonly tls: DatabaseTls;
}

export interface DatabaseTls {
  /**
   * `off`; `if-offered`: encrypted if the server can, its name and certificate unchecked; `required`: encrypted,
   * unchecked; `verify-ca`: by a trusted authority; `verify-name`: and for that host.
   */
  readonly mode: 'off' | 'if-offered' | 'required' | 'verify-ca' | 'verify-name';
  /** PEM file of the authorities to trust; null: the system's. */
  readonly caFile: string | null;
}

/** For people: no credentials. */
export function nameOf({ kind, host, port, database }: DatabaseAddress): string {
  return `${kind}://${host.includes(':') ? `[${host}]` : host}:${port}/${database}`;
}
