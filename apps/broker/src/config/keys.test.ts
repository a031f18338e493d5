import { allKeys, brokerKeys, canonicalKeyName, keyGroups } from './keys.js';
import { parseValue } from './parse-value.js';

describe('the key table', () => {
  it('has each key in one group only', () => {
    const namesInGroups = keyGroups.flatMap(({ keys }) => Object.keys(keys));
    expect(namesInGroups).toHaveLength(Object.keys(brokerKeys).length);
    expect(new Set(namesInGroups)).toEqual(new Set(Object.keys(brokerKeys)));
  });

  it.each(allKeys.filter(([, key]) => key.default !== undefined))(
    'has a default for %s that its own rules accept',
    (_, key) => {
      const text = Array.isArray(key.default) ? key.default.join(',') : String(key.default);
      expect(parseValue(key, text)).toEqual({ kind: 'value', value: key.default });
    },
  );

  it('marks every key that holds a password or an address that can carry one', () => {
    const secrets = allKeys.filter(([, key]) => key.secret).map(([name]) => name);
    const suspicious = allKeys.map(([name]) => name).filter((name) => /-pass(word)?$|-url$/.test(name));
    expect(secrets.toSorted()).toEqual(suspicious.toSorted());
    expect(secrets).toContain('jdbc-password');
  });

  it.each(allKeys)('describes %s in whole sentences', (_, key) => {
    expect(key.describes).toMatch(/^[A-Z].*[.)]$/);
  });

  it('knows both spellings of the AWS discovery keys', () => {
    expect(canonicalKeyName('broker-to-broker-discovery-AWS-region')).toBe(
      'broker-to-broker-discovery-aws-region',
    );
    expect(canonicalKeyName('broker-to-broker-discovery-AWS-alb-target-group-arn')).toBe(
      'broker-to-broker-discovery-aws-alb-target-group-arn',
    );
    expect(canonicalKeyName('my-AWS-key')).toBe('my-AWS-key');
  });
});
