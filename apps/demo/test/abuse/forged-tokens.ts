import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { Random } from '@dcvsm/runtime';

type Fields = Readonly<Record<string, unknown>>;

/** A key with the tokens that it makes; `header` and `claims` are those of a token that is accepted. */
export interface Issuer {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly header: Fields;
  readonly claims: Fields;
}

const strangers = {
  ec: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
};

export function signedBy(issuer: Issuer, changes: { header?: Fields; claims?: unknown } = {}): string {
  const header = { ...issuer.header, ...changes.header };
  const claims = 'claims' in changes ? changes.claims : issuer.claims;
  return compact(header, claims, (text) => signature(text, issuer.privateKey));
}

type Forge = (issuer: Issuer, random: Random) => string;

/** Each makes as many different tokens as it is asked for, none of which may be accepted. */
export const forgeries: Readonly<Record<string, Forge>> = {
  'none, in any spelling': (issuer, random) => {
    const alg = mixedCase('none', random);
    return compact({ ...issuer.header, alg }, changed(issuer, random), () =>
      oneOf(['', 'x', 'AAAA'], random),
    );
  },
  'HS256, HS384, HS512 with the public key': (issuer, random) => {
    const hash = oneOf(['256', '384', '512'], random);
    const secret = oneOf(publicForms(issuer.publicKey), random);
    const hmac = (text: string) => createHmac(`sha${hash}`, secret).update(text).digest('base64url');
    return compact({ ...issuer.header, alg: `HS${hash}` }, changed(issuer, random), hmac);
  },
  'HS256 under the right name': (issuer, random) => {
    const secret = oneOf(publicForms(issuer.publicKey), random);
    const hmac = (text: string) => createHmac('sha256', secret).update(text).digest('base64url');
    return compact(issuer.header, changed(issuer, random), hmac);
  },
  'a stranger with the right kid': (issuer, random) => {
    const key = issuer.privateKey.asymmetricKeyType === 'ec' ? strangers.ec : strangers.rsa;
    return compact(issuer.header, changed(issuer, random), (text) => signature(text, key));
  },
  'a stranger who sends the key along': (issuer, random) => {
    const jwk = strangers.ec.export({ format: 'jwk' });
    const along = oneOf<Fields>(
      [{ jwk }, { jku: 'https://127.0.0.1/keys' }, { x5u: 'file:///etc/passwd' }, { x5c: ['AAAA'] }],
      random,
    );
    const header = { ...issuer.header, ...along, alg: 'ES256' };
    return compact(header, changed(issuer, random), (text) => signature(text, strangers.ec));
  },
  'another kid': (issuer, random) => signedBy(issuer, { header: { kid: oddText(random) } }),
  'a kid that is a path, a query or a property': (issuer, random) => {
    const kid = oneOf(['../'.repeat(9), "' or 1=1 --", '__proto__', '/dev/null', 'file:///x', '%00'], random);
    return signedBy(issuer, { header: { kid: `${kid}${oneOf(['', oddText(random)], random)}` } });
  },
  'a kid that is no text': (issuer, random) =>
    signedBy(issuer, { header: { kid: oneOf([7, null, {}, [issuer.header['kid']], true], random) } }),
  'another algorithm': (issuer, random) => {
    const others = [
      'RS256',
      'PS256',
      'ES256',
      'EdDSA',
      'RS512',
      'ES384',
      'ES256K',
      '',
      7,
      null,
      'rs256',
      'es256',
    ];
    const alg = oneOf(
      others.filter((name) => name !== issuer.header['alg']),
      random,
    );
    return signedBy(issuer, { header: { alg } });
  },
  expired: (issuer, random) => {
    const now = Number(issuer.claims['iat']);
    return signedBy(issuer, { claims: { ...issuer.claims, exp: now - below(1e6, random) } });
  },
  'an end that is no time': (issuer, random) => {
    const exp = oneOf([undefined, null, '', `${9e9}`, [9e9], {}, true, Number.NaN], random);
    return signedBy(issuer, { claims: { ...changed(issuer, random), exp } });
  },
  'a beginning ahead': (issuer, random) => {
    const nbf = Number(issuer.claims['iat']) + 31 + below(1e6, random);
    return signedBy(issuer, { claims: { ...issuer.claims, nbf } });
  },
  'another issuer': (issuer, random) =>
    signedBy(issuer, { claims: { ...issuer.claims, iss: oneOf([undefined, oddText(random)], random) } }),
  'another audience': (issuer, random) => {
    const aud = oneOf<unknown>([undefined, oddText(random), [oddText(random)], {}, true], random);
    return signedBy(issuer, { claims: { ...issuer.claims, aud } });
  },
  'nobody, or somebody who is no text': (issuer, random) => {
    const who = oneOf([undefined, null, '', 7, {}, ['c1']], random);
    const names = { client_id: who, azp: who, appid: who, sub: who };
    return signedBy(issuer, { claims: { ...changed(issuer, random), ...names } });
  },
  'claims that are none': (issuer, random) =>
    signedBy(issuer, { claims: oneOf([7, null, [], 'claims', true, [issuer.claims]], random) }),
  'a token in a token': (issuer) => signedBy(issuer, { header: { cty: 'JWT' }, claims: signedBy(issuer) }),
  'an extension that must be known': (issuer, random) =>
    signedBy(issuer, { header: { crit: [oddText(random)] }, claims: changed(issuer, random) }),
  huge: (issuer, random) =>
    signedBy(issuer, { claims: { ...issuer.claims, more: 'x'.repeat(8192 + below(50_000, random)) } }),
  'the signature as DER, or a raw one where DER belongs': (issuer, random) => {
    const claims = changed(issuer, random);
    return compact(issuer.header, claims, (text) => signature(text, strangers.ec, 'der'));
  },
  'our own signature as DER': (issuer, random) =>
    compact(issuer.header, changed(issuer, random), (text) =>
      issuer.privateKey.asymmetricKeyType === 'ec' ? signature(text, issuer.privateKey, 'der') : 'AAAA',
    ),
  'a changed bit': (issuer, random) => {
    const [head = '', body = '', signed = ''] = signedBy(issuer).split('.');
    const bytes = Buffer.from(signed, 'base64url');
    const at = below(bytes.length, random);
    bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << below(8, random)), at);
    return `${head}.${body}.${bytes.toString('base64url')}`;
  },
  'changed claims': (issuer, random) => {
    const [head = '', , signed = ''] = signedBy(issuer).split('.');
    return `${head}.${encode(changed(issuer, random))}.${signed}`;
  },
  'a cut or prolonged token': (issuer, random) => {
    const token = signedBy(issuer);
    const tail = oneOf(['.', '.x', '=', '%', '\u00e9', 'AAAA', '.AAAA', ' x'], random);
    return below(2, random) === 0 ? token.slice(0, below(token.length - 1, random)) : token + tail;
  },
  'no token at all': (_, random) => Array.from({ length: below(5, random) }, () => oddText(random)).join('.'),
};

function changed(issuer: Issuer, random: Random): Fields {
  return { ...issuer.claims, jti: oddText(random) };
}

function compact(header: Fields, claims: unknown, sign: (text: string) => string): string {
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${sign(text)}`;
}

function signature(text: string, key: KeyObject, dsaEncoding: 'ieee-p1363' | 'der' = 'ieee-p1363'): string {
  return sign('sha256', Buffer.from(text), { key, dsaEncoding }).toString('base64url');
}

function publicForms(key: KeyObject): readonly (string | Buffer)[] {
  const pem = key.export({ type: 'spki', format: 'pem' }).toString();
  const der = key.export({ type: 'spki', format: 'der' });
  return [
    pem,
    pem.trim(),
    der,
    der.toString('base64'),
    JSON.stringify(key.export({ format: 'jwk' })),
    '',
    '\0',
  ];
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const below = (count: number, random: Random): number => Math.floor(random.next() * count);
const oneOf = <Value>(values: readonly Value[], random: Random): Value =>
  values[below(values.length, random)] as Value;
const oddText = (random: Random): string => random.next().toString(36).slice(2) || 'x';
const mixedCase = (word: string, random: Random): string =>
  [...word].map((letter) => (below(2, random) === 0 ? letter.toUpperCase() : letter)).join('');
