import { isCertificateName, isHost, withoutBrackets } from './host-name.js';

describe('isHost', () => {
  it.each([
    '0.0.0.0',
    '::',
    '::1',
    'fe80::1',
    'localhost',
    'broker-1.example.com',
    'a.b.',
    'xn--bcher-kva.example',
  ])('accepts %s', (host) => {
    expect(isHost(host)).toBe(true);
  });

  it.each([
    '',
    '1.2.3',
    '256.0.0.1',
    '0.0.0.0:8443',
    '-a',
    'a-',
    'a..b',
    'a b',
    '*.example.com',
    'a_b',
    '::g',
  ])('refuses %j', (host) => {
    expect(isHost(host)).toBe(false);
  });

  it('refuses a name longer than DNS allows', () => {
    expect(isHost(Array(127).fill('a').join('.'))).toBe(true);
    expect(isHost(Array(128).fill('a').join('.'))).toBe(false);
  });
});

describe('isCertificateName', () => {
  it('accepts a wildcard as the whole first label only', () => {
    expect(isCertificateName('*.example.com')).toBe(true);
    expect(isCertificateName('a*.example.com')).toBe(false);
    expect(isCertificateName('a.*.com')).toBe(false);
  });
});

describe('withoutBrackets', () => {
  it('takes the brackets off an IPv6 address as URLs write it', () => {
    expect(withoutBrackets('[::1]')).toBe('::1');
    expect(withoutBrackets('::1')).toBe('::1');
  });
});
