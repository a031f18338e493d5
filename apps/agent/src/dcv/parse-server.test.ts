import { EndpointFacts } from '@dcvsm/protocol';
import fc from 'fast-check';
import { parseEndpoints, parseVersion } from './parse-server.js';

describe('parseVersion', () => {
  it.each([
    ['Amazon DCV 2024.0 (r19030)\nCopyright', '2024.0.19030'],
    ['NICE DCV 2021.2 (r11445)', '2021.2.11445'],
    ['2023.1.17701', '2023.1.17701'],
    ['DCV 2025.0', '2025.0'],
    ['no version here', ''],
  ])('reads %j', (output, version) => expect(parseVersion(output)).toBe(version));
});

describe('parseEndpoints', () => {
  it('reads endpoints and gives the host address for "all addresses"', () => {
    const output = JSON.stringify([
      { 'ip-address': '0.0.0.0', port: 8443, protocol: 'HTTP', 'web-url-path': '/desk' },
      { 'ip-address': '10.0.0.2', port: '8443', protocol: 'quic' },
      { 'ip-address': '10.0.0.2', protocol: 'HTTP' },
    ]);
    expect(parseEndpoints(output, '10.0.0.1')).toEqual([
      { ipAddress: '10.0.0.1', port: 8443, protocol: 'HTTP', webUrlPath: '/desk' },
      { ipAddress: '10.0.0.2', port: 8443, protocol: 'QUIC' },
    ]);
  });

  it('never throws, and what it reads fits the wire', () => {
    const output = fc.oneof(
      fc.string(),
      fc.json(),
      fc.array(fc.record({ port: fc.jsonValue() })).map((list) => JSON.stringify(list)),
    );
    fc.assert(
      fc.property(output, (text) => {
        for (const endpoint of parseEndpoints(text, '10.0.0.1')) EndpointFacts.parse(endpoint);
      }),
    );
  });
});
