import { mappingKey, type DnsMapping, type ServerIdType } from './dns-mapping.js';
import { canonicalIp } from './ip-address.js';
import { printable } from './printable.js';

export type ReadMappings =
  | {
      readonly kind: 'mappings';
      /** One for each server named: of several the last. */
      readonly mappings: readonly DnsMapping[];
      /** What the operator should know although all was taken, a sentence each. */
      readonly warnings: readonly string[];
    }
  /** Each names the entry, the field, what is wrong and the remedy. */
  | { readonly kind: 'problems'; readonly problems: readonly string[] };

type Field = 'serverIdType' | 'serverId' | 'dnsNames' | 'internalDnsName' | 'externalDnsName';

/** Keys in lower case; the guide writes them in several ways. */
const FIELDS: ReadonlyMap<string, Field> = new Map([
  ['serveridtype', 'serverIdType'],
  ['serverid', 'serverId'],
  ['dnsnames', 'dnsNames'],
  ['internaldnsname', 'internalDnsName'],
  ['internaldnsnames', 'internalDnsName'],
  ['externaldnsname', 'externalDnsName'],
  ['externaldnsnames', 'externalDnsName'],
]);

/** Values in lower case; the guide's prose has names of its own for the three. */
const TYPES: ReadonlyMap<string, ServerIdType> = new Map([
  ['ip', 'Ip'],
  ['ipaddress', 'Ip'],
  ['id', 'Id'],
  ['agentserverid', 'Id'],
  ['host.aws.ec2instanceid', 'Host.Aws.Ec2InstanceId'],
  ['instanceid', 'Host.Aws.Ec2InstanceId'],
]);

const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
/** RFC 1123 section 2.1; what ends in digits only is an address. */
const DNS_NAME = new RegExp(`^(?=.{1,253}$)(?:${LABEL}\\.)*(?!\\d+$)${LABEL}$`, 'i');
const LONGEST_ID = 1024;

/** The content of a mapping file (administrator guide, "DCV server - DNS mapping"), already parsed as JSON. */
export function readMappings(value: unknown): ReadMappings {
  if (!Array.isArray(value)) {
    return { kind: 'problems', problems: ['the file: must be a JSON list of mappings; write [ { … } ]'] };
  }
  const problems: string[] = [];
  const warnings: string[] = [];
  const byKey = new Map<string, { readonly mapping: DnsMapping; readonly index: number }>();
  for (const [index, entry] of (value as readonly unknown[]).entries()) {
    const mapping = readEntry(entry, (where, problem) => problems.push(`[${index}]${where}: ${problem}`));
    if (mapping === null) continue;
    const key = mappingKey(mapping);
    const earlier = byKey.get(key);
    if (earlier !== undefined) {
      warnings.push(
        `[${earlier.index}]: [${index}] names the same server and replaces it; remove one of them`,
      );
    }
    byKey.set(key, { mapping, index });
  }
  if (problems.length > 0) return { kind: 'problems', problems };
  return { kind: 'mappings', mappings: [...byKey.values()].map(({ mapping }) => mapping), warnings };
}

type Complain = (where: string, problem: string) => void;

function readEntry(entry: unknown, complain: Complain): DnsMapping | null {
  const fields = readFields(entry, ['serverIdType', 'serverId', 'dnsNames'], '', complain);
  if (fields === null) return null;
  const serverIdType = readType(fields.serverIdType, complain);
  const serverId = readId(fields.serverId, serverIdType, complain);
  const names = readNames(fields.dnsNames, complain);
  return serverIdType === null || serverId === null || names === null
    ? null
    : { serverIdType, serverId, ...names };
}

/** The known fields of an object by their one name; fields that are null count as absent. */
function readFields(
  value: unknown,
  known: readonly Field[],
  where: string,
  complain: Complain,
): Partial<Record<Field, unknown>> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    complain(where, 'must be an object; write { … }');
    return null;
  }
  const fields: Partial<Record<Field, unknown>> = {};
  for (const [key, given] of Object.entries(value)) {
    const field = FIELDS.get(key.toLowerCase());
    if (field === undefined || !known.includes(field)) {
      complain(`${where}.${printable(key, 64)}`, `is not known; use ${known.map(pascalCase).join(', ')}`);
    } else if (fields[field] !== undefined) {
      complain(`${where}.${printable(key, 64)}`, 'is given twice, in two spellings; remove one of them');
    } else if (given !== null) fields[field] = given;
  }
  return fields;
}

function pascalCase(field: Field): string {
  return field.charAt(0).toUpperCase() + field.slice(1);
}

/** Also for who names a mapping in a command. */
export function serverIdTypeOf(text: string): ServerIdType | undefined {
  return TYPES.get(text.toLowerCase());
}

function readType(value: unknown, complain: Complain): ServerIdType | null {
  const type = typeof value === 'string' ? serverIdTypeOf(value) : undefined;
  if (type !== undefined) return type;
  complain('.ServerIdType', `${shown(value)}; write Ip, Id or Host.Aws.Ec2InstanceId`);
  return null;
}

function readId(value: unknown, type: ServerIdType | null, complain: Complain): string | null {
  const isText = typeof value === 'string' && value !== '' && value.length <= LONGEST_ID;
  if (isText && type === 'Ip' && canonicalIp(value) === null) {
    complain('.ServerId', `${shown(value)}; write an IP address, or another ServerIdType`);
    return null;
  }
  if (isText) return value;
  complain('.ServerId', `${shown(value)}; write the server's id, address or EC2 instance id`);
  return null;
}

type Names = Pick<DnsMapping, 'internalDnsName' | 'externalDnsName'>;

function readNames(value: unknown, complain: Complain): Names | null {
  const fields = readFields(value ?? {}, ['internalDnsName', 'externalDnsName'], '.DnsNames', complain);
  if (fields === null) return null;
  if (fields.internalDnsName === undefined && fields.externalDnsName === undefined) {
    complain('.DnsNames', 'has no name; write { "InternalDnsName": "host.example.com" }');
    return null;
  }
  const names: { internalDnsName?: string; externalDnsName?: string } = {};
  for (const field of ['internalDnsName', 'externalDnsName'] as const) {
    const name = fields[field];
    if (name === undefined) continue;
    if (typeof name === 'string' && DNS_NAME.test(name)) names[field] = name;
    else
      complain(`.DnsNames.${pascalCase(field)}`, `${shown(name)}; write a DNS name such as host.example.com`);
  }
  return names;
}

function shown(value: unknown): string {
  if (value === undefined) return 'is missing';
  return typeof value === 'string' ? `"${printable(value, 80)}" does not fit` : 'must be a string';
}
