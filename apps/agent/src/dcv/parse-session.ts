import type { HostSession } from '@dcvsm/protocol';
import { fitText } from '../fit-text.js';

/** Most sessions that one report can carry. */
const MAX_SESSIONS = 10_000;
/** Largest count that the wire takes. */
const MAX_COUNT = 2_147_483_647;
const MAX_ID = 256;
const MAX_LINE = 4096;

export type Parsed<T> =
  { readonly kind: 'parsed'; readonly value: T } | { readonly kind: 'unreadable'; readonly problem: string };

/**
 * Reads what `dcv list-sessions` says: JSON in any of the forms that servers print, or the text form with or
 * without quotes around the id. Anything else is unreadable, which is not the same as there being no session.
 */
export function parseSessionList(output: string): Parsed<readonly HostSession[]> {
  const text = output
    .replace(/^\uFEFF/, '')
    .replaceAll('\0', '')
    .trim();
  if (text === '' || /^there are no sessions/i.test(text)) return parsed([]);
  const json = parseJson(text);
  if (json !== undefined) return parseJsonList(json);
  const lines = text.split('\n').slice(0, MAX_SESSIONS);
  const sessions = lines.flatMap((line) => parseTextSession(line.slice(0, MAX_LINE)) ?? []);
  if (sessions.length === 0) return unreadable('dcv list-sessions printed neither JSON nor sessions');
  return parsed(sessions);
}

/** Reads what `dcv describe-session` says, JSON or `key: value` lines. */
export function parseSessionDescription(output: string, sessionId: string): Parsed<HostSession> {
  const text = output
    .replace(/^\uFEFF/, '')
    .replaceAll('\0', '')
    .trim();
  const json = parseJson(text);
  const session = json === undefined ? parseTextDescription(text, sessionId) : toSession(json, sessionId);
  return session ? parsed(session) : unreadable('dcv describe-session printed no session');
}

function parseJsonList(json: unknown): Parsed<readonly HostSession[]> {
  const list = Array.isArray(json) ? (json as unknown[]) : field(json, 'sessions');
  const entries = Array.isArray(list) ? (list as unknown[]) : [json];
  const sessions = entries.flatMap((entry) => toSession(entry) ?? []);
  if (entries.length > 0 && sessions.length === 0)
    return unreadable('dcv list-sessions printed JSON without sessions');
  return parsed(sessions.slice(0, MAX_SESSIONS));
}

function toSession(json: unknown, expectedId?: string): HostSession | null {
  if (typeof json !== 'object' || json === null) return null;
  const id = text(json, 'id') ?? expectedId;
  if (!id || id.length > MAX_ID) return null;
  const connections = Number(field(json, 'num-of-connections'));
  return {
    id,
    name: text(json, 'name') ?? '',
    owner: text(json, 'owner') ?? '',
    type: sessionType(text(json, 'type')),
    connections: Number.isSafeInteger(connections) && connections > 0 ? Math.min(connections, MAX_COUNT) : 0,
    ...optional('createdAt', parseTime(text(json, 'creation-time'))),
    ...optional('lastDisconnectedAt', parseTime(text(json, 'last-disconnection-time'))),
    ...optional('storageRoot', text(json, 'storage-root') || undefined),
  };
}

/** `Session: 'id' (owner:alice type:virtual name:'my name')`; newer servers put the id in quotes. */
function parseTextSession(line: string): HostSession | null {
  const [, quoted, bare, rest] =
    /^\s*Session:\s*(?:'([^']{1,256})'|(\S{1,256}))\s*\((.*)\)\s*$/i.exec(line) ?? [];
  const id = quoted ?? bare;
  if (id === undefined || rest === undefined) return null;
  const [, owner] = /\bowner:'?(.*?)'?(?=\s+(?:type|name):|$)/i.exec(rest) ?? [];
  const [, type] = /\btype:'?(\w+)/i.exec(rest) ?? [];
  const [, name] = /\bname:(.*)$/i.exec(rest) ?? [];
  return {
    id,
    name: fitText((name ?? '').trim().replace(/^'(.*)'$/, '$1')),
    owner: fitText((owner ?? '').trim()),
    type: sessionType(type),
    connections: 0,
  };
}

function parseTextDescription(output: string, sessionId: string): HostSession | null {
  const values = new Map<string, string>();
  for (const line of output.split('\n').slice(0, 200)) {
    const [, key, value] = /^\s*([a-z][\w -]{0,63}?)\s*:\s*(.*)$/i.exec(line.slice(0, MAX_LINE)) ?? [];
    if (key !== undefined) values.set(key.toLowerCase().replaceAll(' ', '-'), (value ?? '').trim());
  }
  if (!values.has('owner') && !values.has('type')) return null;
  return toSession(Object.fromEntries(values), sessionId);
}

/**
 * Times as DCV prints them: RFC 3339 with 0 to 9 fraction digits; an empty text means never. Returns
 * ISO 8601 in UTC with milliseconds.
 */
export function parseTime(value: string | undefined): string | undefined {
  if (!value || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?$/.test(value))
    return undefined;
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/.test(value) ? value : `${value}Z`;
  const ms = Date.parse(zoned);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

function sessionType(value: string | undefined): HostSession['type'] {
  return value?.toLowerCase() === 'virtual' ? 'VIRTUAL' : 'CONSOLE';
}

/** The value of JSON text; undefined if it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export function field(json: unknown, name: string): unknown {
  if (typeof json !== 'object' || json === null || !Object.hasOwn(json, name)) return undefined;
  return (json as Record<string, unknown>)[name];
}

export function text(json: unknown, name: string): string | undefined {
  const value = field(json, name);
  return typeof value === 'string' ? fitText(value) : undefined;
}

function optional<Name extends string>(
  name: Name,
  value: string | undefined,
): { readonly [N in Name]?: string } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [N in Name]?: string });
}

function parsed<T>(value: T): Parsed<T> {
  return { kind: 'parsed', value };
}

function unreadable(problem: string): { readonly kind: 'unreadable'; readonly problem: string } {
  return { kind: 'unreadable', problem };
}
