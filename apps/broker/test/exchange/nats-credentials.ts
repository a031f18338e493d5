import { nkeys } from '@nats-io/transport-node';

type KeyPair = ReturnType<typeof nkeys.createUser>;

/** What a NATS server with accounts needs, and the credentials file of one user, as `nsc` makes them. */
export function issueCredentials(): { readonly configuration: string; readonly file: string } {
  const [operator, account, user] = [nkeys.createOperator(), nkeys.createAccount(), nkeys.createUser()];
  const operatorJwt = sign(operator, operator, { type: 'operator' });
  const none = -1;
  const counts = { subs: none, data: none, payload: none };
  const limits = { ...counts, imports: none, exports: none, wildcards: true, conn: none, leaf: none };
  const accountJwt = sign(account, operator, { type: 'account', limits });
  const userJwt = sign(user, account, { type: 'user', pub: {}, sub: {}, ...counts });
  const seed = new TextDecoder().decode(user.getSeed());
  return {
    configuration: `operator: "${operatorJwt}"
resolver: MEMORY
resolver_preload: { ${account.getPublicKey()}: "${accountJwt}" }`,
    file: [
      '-----BEGIN NATS USER JWT-----',
      userJwt,
      '------END NATS USER JWT------',
      '',
      '-----BEGIN USER NKEY SEED-----',
      seed,
      '------END USER NKEY SEED------',
      '',
    ].join('\n'),
  };
}

function sign(subject: KeyPair, issuer: KeyPair, nats: object): string {
  const header = { typ: 'JWT', alg: 'ed25519-nkey' };
  const claims = {
    jti: subject.getPublicKey(),
    iat: 1_700_000_000,
    iss: issuer.getPublicKey(),
    name: 'a test',
    sub: subject.getPublicKey(),
    nats: { version: 2, ...nats },
  };
  const signed = [header, claims].map((part) => base64url(JSON.stringify(part))).join('.');
  return `${signed}.${base64url(issuer.sign(new TextEncoder().encode(signed)))}`;
}

function base64url(data: string | Uint8Array): string {
  return Buffer.from(data).toString('base64url');
}
