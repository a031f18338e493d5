import { connectRemedy } from './connect-problem.js';
import { brokerUrl } from './connection.js';

describe('brokerUrl', () => {
  it.each([
    ['broker.internal', 'wss://broker.internal:8445/agent/link'],
    ['10.0.0.1', 'wss://10.0.0.1:8445/agent/link'],
    ['fd00::1', 'wss://[fd00::1]:8445/agent/link'],
  ])('of %s', (host, url) => expect(brokerUrl({ host, port: 8445 })).toBe(url));
});

describe('connectRemedy', () => {
  it.each([
    ['ENOTFOUND', 'broker_host'],
    ['ECONNREFUSED', 'broker_port'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'ca_file'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'broker_host'],
    ['SOMETHING_ELSE', 'network'],
  ])('for %s speaks of %s', (code, word) => {
    expect(connectRemedy(Object.assign(new Error('x'), { code }))).toContain(word);
  });
});
