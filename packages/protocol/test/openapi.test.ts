import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { openApiDocument, operationIds } from '../src/index.js';

interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly $ref?: string;
}
interface OperationObject {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}
type Content = { readonly 'application/json': { readonly schema: Schema } };
interface Document {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly security: unknown;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly securitySchemes: unknown;
  };
}

const made = openApiDocument() as unknown as Document;
const { schemas } = made.components;

it('is what is committed', () => {
  expect(parse(readFileSync(join(__dirname, '../openapi.yaml'), 'utf8'))).toEqual(made);
});

it('has the title, version and security scheme of the published description', () => {
  expect(made).toMatchObject({
    openapi: '3.0.0',
    info: { title: 'DCV Session Manager', version: '2023.0' },
    security: [{ bearerAuth: [] }],
    components: { securitySchemes: { bearerAuth: { type: 'http', scheme: 'bearer' } } },
  });
});

it.each([
  ['post', '/createSessions', 'createSessions', 'sessions', true],
  ['post', '/describeSessions', 'describeSessions', 'sessions', false],
  ['post', '/deleteSessions', 'deleteSessions', 'sessions', true],
  ['post', '/getSessionScreenshots', 'getSessionScreenshots', 'sessions', true],
  ['put', '/sessionPermissions', 'updateSessionPermissions', 'sessionPermissions', true],
  [
    'get',
    '/sessionConnectionData/{sessionId}/{user}',
    'GetSessionConnectionData',
    'GetSessionConnectionData',
    null,
  ],
  ['post', '/describeServers', 'describeServers', 'servers', false],
  ['post', '/openServers', 'openServers', 'servers', true],
  ['post', '/closeServers', 'closeServers', 'servers', true],
])('%s %s is %s', (method, path, operationId, tag, needsBody) => {
  const operation = made.paths[path]?.[method];
  expect(Object.keys(made.paths[path] ?? {})).toEqual([method]);
  expect(operation).toMatchObject({ operationId, tags: [tag] });
  expect(operation?.requestBody?.required ?? null).toBe(needsBody);
  expect(Object.keys(operation?.responses ?? {})).toEqual(['200', '400']);
});

it('has no other operation, and path parameters where the path has them', () => {
  const ids = Object.values(made.paths).flatMap((methods) =>
    Object.values(methods).map((one) => one.operationId),
  );
  expect(ids.sort()).toEqual([...operationIds].sort());
  expect(made.paths['/sessionConnectionData/{sessionId}/{user}']?.['get']?.parameters).toMatchObject([
    { name: 'sessionId', in: 'path', required: true },
    { name: 'user', in: 'path', required: true },
  ]);
});

it.each<[string, readonly string[]]>([
  ['KeyValuePair', ['Key', 'Value']],
  ['Endpoint', ['IpAddress', 'Port', 'WebUrlPath', 'Protocol']],
  ['Os', ['Family', 'Name', 'Version', 'KernelVersion', 'BuildNumber']],
  ['Memory', ['TotalBytes', 'UsedBytes']],
  ['Swap', ['TotalBytes', 'UsedBytes']],
  ['Aws', ['Region', 'EC2InstanceType', 'EC2InstanceId', 'EC2ImageId']],
  ['CpuInfo', ['Vendor', 'ModelName', 'Architecture', 'NumberOfCpus', 'PhysicalCoresPerCpu']],
  ['CpuLoadAverage', ['OneMinute', 'FiveMinutes', 'FifteenMinutes']],
  ['Gpu', ['Vendor', 'ModelName']],
  ['LoggedInUser', ['Username']],
  ['Host', ['Os', 'Memory', 'Swap', 'Aws', 'CpuInfo', 'CpuLoadAverage', 'Gpus', 'LoggedInUsers']],
  [
    'Server',
    [
      'Id',
      'Ip',
      'Hostname',
      'DefaultDnsName',
      'Port',
      'Endpoints',
      'WebUrlPath',
      'Version',
      'SessionManagerAgentVersion',
      'Availability',
      'UnavailabilityReason',
      'ConsoleSessionCount',
      'VirtualSessionCount',
      'Host',
      'Tags',
    ],
  ],
  [
    'Session',
    [
      'Id',
      'Name',
      'Owner',
      'Server',
      'Type',
      'MaxConcurrentClients',
      'State',
      'Substate',
      'StateReason',
      'CreationTime',
      'LastDisconnectionTime',
      'NumOfConnections',
      'StorageRoot',
    ],
  ],
  ['SessionScreenshot', ['SessionId', 'Images']],
  ['SessionScreenshotImage', ['Format', 'Data', 'CreationTime', 'Primary']],
  [
    'CreateSessionRequestData',
    [
      'Name',
      'Owner',
      'Type',
      'DcvGlEnabled',
      'MaxConcurrentClients',
      'InitFile',
      'InitFilePath',
      'AutorunFile',
      'AutorunFileArguments',
      'PermissionsFile',
      'Requirements',
      'EnqueueRequest',
      'DisableRetryOnFailure',
      'StorageRoot',
    ],
  ],
  ['UnsuccessfulCreateSessionRequestData', ['CreateSessionRequestData', 'FailureReason']],
  ['DescribeSessionsRequestData', ['SessionIds', 'Filters', 'MaxResults', 'NextToken']],
  ['DescribeServersRequestData', ['ServerIds', 'MaxResults', 'NextToken']],
  ['DeleteSessionRequestData', ['SessionId', 'Owner', 'Force']],
  ['UpdateSessionPermissionsRequestData', ['SessionId', 'Owner', 'PermissionsFile']],
  ['GetSessionScreenshotRequestData', ['SessionId', 'MaxWidth', 'MaxHeight']],
  ['OpenServerRequestData', ['ServerId']],
  ['CloseServerRequestData', ['ServerId', 'Force']],
])('%s has the published fields and no other', (name, fields) => {
  expect(Object.keys(schemas[name]?.properties ?? {}).sort()).toEqual([...fields].sort());
});

it('has the formats that generated clients turn into types', () => {
  const server = schemas['Server']?.properties;
  expect(server?.['Port']).toMatchObject({ type: 'string' });
  expect(schemas['Endpoint']?.properties?.['Port']).toEqual({ type: 'integer', format: 'int32' });
  expect(server?.['VirtualSessionCount']).toEqual({ type: 'integer', format: 'int32' });
  expect(schemas['Memory']?.properties?.['TotalBytes']).toEqual({ type: 'integer', format: 'int64' });
  expect(schemas['CpuLoadAverage']?.properties?.['OneMinute']).toEqual({ type: 'number', format: 'float' });
  expect(schemas['Session']?.properties?.['CreationTime']).toEqual({ type: 'string', format: 'date-time' });
  expect(schemas['DeleteSessionRequestData']?.properties?.['Force']).toEqual({ type: 'boolean' });
  expect(schemas['CreateSessionRequestData']?.properties?.['Type']).toMatchObject({
    enum: ['CONSOLE', 'VIRTUAL'],
  });
  expect(schemas['CreateSessionRequestData']?.required).toEqual(['Name', 'Owner', 'Type']);
});

it('every reference leads to a schema, and no schema is left over', () => {
  const references = new Set(
    [...JSON.stringify(made).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name),
  );
  expect([...references, 'ErrorBody'].sort()).toEqual(Object.keys(schemas).sort());
});

it('tells nobody what only our validation knows', () => {
  expect(JSON.stringify(made)).not.toMatch(/additionalProperties|maxLength|"wire"|\$defs|"pattern"/);
});
