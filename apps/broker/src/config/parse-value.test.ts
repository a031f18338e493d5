import type { ConfigKey } from './config-key.js';
import { implemented } from './config-key.js';
import { brokerKeys } from './keys.js';
import { parseValue } from './parse-value.js';

const about = { describes: 'Something.', status: implemented } as const;
const limited: ConfigKey = { ...about, kind: 'integer', default: 5, unit: 'seconds', min: 2, max: 9 };
const flag: ConfigKey = { ...about, kind: 'boolean', default: true };
const names = brokerKeys['tls-extra-names'];

function valueOf(key: ConfigKey, text: string): unknown {
  const parsed = parseValue(key, text);
  return parsed.kind === 'value' ? parsed.value : parsed;
}

function problemOf(key: ConfigKey, text: string): string {
  const parsed = parseValue(key, text);
  return parsed.kind === 'problem' ? `${parsed.problem}; ${parsed.remedy}` : 'accepted';
}

describe('parseValue', () => {
  it('reads booleans in any case, with blanks around them', () => {
    expect(valueOf(flag, ' TRUE\t')).toBe(true);
    expect(valueOf(flag, 'False')).toBe(false);
  });

  it.each(['yes', '1', 'truely'])('refuses %s as a boolean', (text) => {
    expect(problemOf(flag, text)).toBe(
      `has the value "${text}", which is not true or false; write true or false`,
    );
  });

  it('reads whole numbers within their limits', () => {
    expect(['2', '+3', '09', ' 9 '].map((text) => valueOf(limited, text))).toEqual([2, 3, 9, 9]);
  });

  it.each([
    ['1', 'is below 2'],
    ['-1', 'is below 2'],
    ['10', 'is above 9'],
    ['5.0', 'is not a whole number'],
    ['5s', 'is not a whole number'],
    ['1e1', 'is not a whole number'],
    ['0x5', 'is not a whole number'],
    ['99999999999999999999', 'is not a whole number'],
  ])('refuses %s as a number from 2 to 9', (text, reason) => {
    expect(problemOf(limited, text)).toBe(
      `has the value "${text}", which ${reason}; write a whole number of seconds from 2 to 9`,
    );
  });

  it('reads ports, 0 for any free one', () => {
    const port = brokerKeys['client-to-broker-connector-https-port'];
    expect(valueOf(port, '0')).toBe(0);
    expect(problemOf(port, '65536')).toContain('write a port number from 0 to 65535');
  });

  it('reads choices in any case', () => {
    expect(valueOf(brokerKeys['session-screenshot-format'], 'PNG')).toBe('png');
    expect(problemOf(brokerKeys['session-screenshot-format'], 'gif')).toContain('write png or jpeg');
  });

  it('reads the address of a server, without anything after its name', () => {
    const issuer = brokerKeys['oauth-issuer'];
    expect(valueOf(issuer, 'https://Broker.Example.com:443/')).toBe('https://broker.example.com');
    expect(valueOf(issuer, 'https://[::1]:8443')).toBe('https://[::1]:8443');
    const wrong = [
      'broker',
      'http://broker',
      'https://broker/path',
      'https://u:p@broker',
      'https://broker?x',
    ];
    for (const text of wrong) expect(problemOf(issuer, text)).toContain('https://');
  });

  it('reads hosts, IPv6 with or without brackets', () => {
    const host = brokerKeys['agent-to-broker-connector-bind-host'];
    expect(['::', '[::1]', 'localhost'].map((text) => valueOf(host, text))).toEqual([
      '::',
      '::1',
      'localhost',
    ]);
    expect(problemOf(host, '0.0.0.0:8445')).toContain('without a port');
  });

  it('reads only absolute paths', () => {
    expect(valueOf(brokerKeys['session-manager-working-path'], '/srv/dcv')).toBe('/srv/dcv');
    expect(problemOf(brokerKeys['session-manager-working-path'], 'srv')).toContain('not an absolute path');
  });

  it('reads a list of names, and names the wrong one', () => {
    expect(valueOf(names, 'a.example.com, 10.0.0.5,,*.b.example')).toEqual([
      'a.example.com',
      '10.0.0.5',
      '*.b.example',
    ]);
    expect(valueOf(names, '')).toEqual([]);
    expect(problemOf(names, 'a.example.com, b c')).toContain('"b c"');
  });

  it('takes an empty value for absent only where a key may be absent', () => {
    expect(valueOf(brokerKeys['broker-java-home'], ' ')).toBeUndefined();
    expect(valueOf(brokerKeys['seconds-before-deleting-sessions-unreachable-server'], '')).toBeUndefined();
    expect(problemOf(limited, '')).toBe('has no value; give it one, or remove the line for the default');
  });

  it('cuts a long value and never shows a secret one', () => {
    expect(problemOf(flag, 'x'.repeat(1000)).length).toBeLessThan(200);
    const secret: ConfigKey = { ...limited, secret: true };
    expect(problemOf(secret, 'hunter2')).not.toContain('hunter2');
  });
});
