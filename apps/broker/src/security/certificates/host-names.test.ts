import { hostname, networkInterfaces } from 'node:os';
import { hostNames } from './host-names.js';

it("begins with the host's own name and has each name once", () => {
  const names = hostNames(['balancer.example.com', 'localhost']);
  expect(names[0]).toBe(hostname());
  expect(names).toEqual(expect.arrayContaining(['localhost', '127.0.0.1', '::1', 'balancer.example.com']));
  expect(new Set(names).size).toBe(names.length);
});

it('has every address of the host but link-local ones, which name an interface too', () => {
  const addresses = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  const names = hostNames([]);
  for (const { address } of addresses) expect(names.includes(address)).toBe(!address.startsWith('fe80'));
});
