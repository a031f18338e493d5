import type { EndpointFacts } from '@dcvsm/protocol';
import { field, parseJson, text } from './parse-session.js';

const MAX_ENDPOINTS = 64;

/** `Amazon DCV 2024.0 (r19030)` and its older forms → `2024.0.19030`; empty if there is no version in it. */
export function parseVersion(output: string): string {
  const [, release, revision] = /(\d{4}\.\d+)(?:[\s.(-]*r?(\d{3,9})\)?)?/.exec(output.slice(0, 4096)) ?? [];
  if (release === undefined) return '';
  return revision === undefined ? release : `${release}.${revision}`;
}

/**
 * Reads `dcv list-endpoints --json`. The form of the answer is not documented, so the names that other DCV
 * tools use are looked for; an entry without a port is left out. `hostAddress` stands for "all addresses".
 */
export function parseEndpoints(output: string, hostAddress: string): readonly EndpointFacts[] {
  const json = parseJson(output.trim());
  const list = Array.isArray(json) ? (json as unknown[]) : (field(json, 'endpoints') ?? []);
  if (!Array.isArray(list)) return [];
  return list.slice(0, MAX_ENDPOINTS).flatMap((entry: unknown) => parseEndpoint(entry, hostAddress) ?? []);
}

function parseEndpoint(entry: unknown, hostAddress: string): EndpointFacts | null {
  const port = Number(first(entry, ['port', 'Port']));
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return null;
  const address = firstText(entry, ['ip-address', 'ip', 'address', 'host', 'IpAddress']);
  const kind = firstText(entry, ['protocol', 'type', 'transport', 'Protocol']) ?? '';
  const protocol = /quic|udp/i.test(kind) ? 'QUIC' : 'HTTP';
  const webUrlPath = firstText(entry, ['web-url-path', 'url-path', 'WebUrlPath']);
  return {
    ipAddress: !address || ['0.0.0.0', '::', '*', '[::]'].includes(address) ? hostAddress : address,
    port,
    protocol,
    ...(protocol === 'HTTP' ? { webUrlPath: webUrlPath || '/' } : {}),
  };
}

function first(entry: unknown, names: readonly string[]): unknown {
  return names.map((name) => field(entry, name)).find((value) => value !== undefined);
}

function firstText(entry: unknown, names: readonly string[]): string | undefined {
  return names.map((name) => text(entry, name)).find((value) => value !== undefined);
}
