import type { Log } from '@dcvsm/runtime';
import type { Express } from 'express';
import { z } from 'zod';
import type { RecordAudit } from '../audit/audit-entry.js';
import { mappingKey, type DnsMapping } from '../domain/dns-mapping.js';
import { readMappings, serverIdTypeOf } from '../domain/dns-mapping-file.js';
import { HttpProblem } from '../http/http-problem.js';
import { parseRequest } from '../http/parse-request.js';
import { readJson } from '../http/read-body.js';
import { respondJson } from '../http/respond.js';
import type { DnsMappings } from '../security/dns-mappings.js';

export interface DnsMappingRoutesDeps {
  readonly dnsMappings: DnsMappings;
  readonly audit: RecordAudit;
  readonly log: Log;
}

const RegisterMappings = z.strictObject({ mappings: z.unknown(), replace: z.boolean() });

const actor = { kind: 'operator' } as const;
const outcome = 'success';

export function addDnsMappingRoutes(app: Express, { dnsMappings, audit, log }: DnsMappingRoutesDeps): void {
  app.post('/dns-mappings', async (request, response) => {
    const wanted = parseRequest(RegisterMappings, (await readJson(request)) ?? {});
    const read = readMappings(wanted.mappings);
    if (read.kind === 'problems') throw new HttpProblem(400, read.problems.join('; '));
    const { mappings } = read;
    await (wanted.replace ? dnsMappings.replaceAll(mappings) : dnsMappings.register(mappings));
    log.info({ count: mappings.length, replace: wanted.replace }, 'DNS mappings registered');
    const action = wanted.replace ? 'dns-mapping.replace' : 'dns-mapping.register';
    audit({ actor, action, objects: mappings.map(mappingKey), outcome });
    respondJson(response, 200, { count: mappings.length });
  });
  app.get('/dns-mappings', (_request, response) => {
    respondJson(response, 200, dnsMappings.list().map(described));
  });
  app.delete('/dns-mappings/:type/:id', async (request, response) => {
    const { type, id: serverId } = request.params;
    const serverIdType = serverIdTypeOf(type);
    if (serverIdType === undefined) {
      throw new HttpProblem(400, `${type} is no type of server id; use Ip, Id or Host.Aws.Ec2InstanceId`);
    }
    const mapping = { serverIdType, serverId };
    if (!(await dnsMappings.unregister(mapping))) {
      throw new HttpProblem(404, `there is no mapping for ${serverIdType} ${serverId}`);
    }
    log.info(mapping, 'DNS mapping unregistered');
    audit({ actor, action: 'dns-mapping.unregister', objects: [mappingKey(mapping)], outcome });
    respondJson(response, 200, {});
  });
}

/** As the guide prints it, which a mapping file may look like too. */
function described({ serverIdType, serverId, internalDnsName, externalDnsName }: DnsMapping): object {
  return { serverIdType, serverId, dnsNames: { internalDnsName, externalDnsName } };
}
