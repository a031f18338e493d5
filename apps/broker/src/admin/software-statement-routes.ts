import type { Clock, Log } from '@dcvsm/runtime';
import type { Express } from 'express';
import { z } from 'zod';
import type { RecordAudit } from '../audit/audit-entry.js';
import { HttpProblem } from '../http/http-problem.js';
import { parseRequest } from '../http/parse-request.js';
import { readJson } from '../http/read-body.js';
import { respondJson } from '../http/respond.js';
import type { AgentAccess } from '../security/agents/agent-access.js';
import type { SoftwareStatement } from '../security/agents/software-statements.js';
import { isAddressRange, type StatementTerms } from '../security/agents/statement-terms.js';

export interface SoftwareStatementRoutesDeps {
  readonly agents: AgentAccess;
  readonly audit: RecordAudit;
  readonly clock: Clock;
  readonly log: Log;
}

const HOUR_MS = 3_600_000;
const MAX_HOURS = 100 * 365 * 24;
/** What its terms may add to a statement, so that agents can send it. */
const MAX_TERMS_BYTES = 4096;

const ClaimableTag = z.strictObject({
  key: z
    .string()
    .min(1, 'must not be empty')
    .max(256)
    .refine((key) => !key.startsWith('dcv:'), 'must not begin with dcv:, which only the broker gives out'),
  value: z.string().max(1024),
});

const GenerateStatement = z
  .strictObject({
    legacy: z.boolean().optional(),
    name: z.string().min(1, 'must not be empty').max(256).optional(),
    expiresInHours: z.number().positive().max(MAX_HOURS).optional(),
    maxUses: z.int().min(1).max(1_000_000_000).optional(),
    addresses: z
      .array(z.string().max(64).refine(isAddressRange, 'must be an address or a range such as 10.0.0.0/8'))
      .min(1)
      .optional(),
    tags: z.array(ClaimableTag).min(1).optional(),
  })
  .refine((asked) => Buffer.byteLength(JSON.stringify(asked)) <= MAX_TERMS_BYTES, {
    message: `the terms of one statement have at most ${MAX_TERMS_BYTES} bytes; make several statements`,
  });
type GenerateStatement = z.infer<typeof GenerateStatement>;

const DeactivateStatement = z.strictObject({ statement: z.string().min(1).max(16_384) });

const actor = { kind: 'operator' } as const;

export function addSoftwareStatementRoutes(
  app: Express,
  { agents, audit, clock, log }: SoftwareStatementRoutesDeps,
): void {
  const { statements } = agents;
  app.post('/software-statements', async (request, response) => {
    const asked = parseRequest(GenerateStatement, (await readJson(request)) ?? {});
    const form = asked.legacy === true ? 'original' : 'signed';
    const { id, statement } = await statements.generate(termsOf(asked, clock.now()), form);
    log.info({ statementId: id, form }, 'software statement generated');
    audit({ actor, action: 'software-statement.generate', objects: [id], outcome: 'success' });
    respondJson(response, 200, { statement });
  });
  app.get('/software-statements', (_request, response) => {
    respondJson(response, 200, statements.list().map(shown));
  });
  app.post('/software-statements/deactivate', async (request, response) => {
    const { statement } = parseRequest(DeactivateStatement, (await readJson(request)) ?? {});
    const id = await statements.deactivate(statement);
    if (id === null) {
      throw new HttpProblem(
        404,
        'there is no such software statement; describe-software-statements lists them',
      );
    }
    log.info({ statementId: id }, 'software statement deactivated');
    audit({ actor, action: 'software-statement.deactivate', objects: [id], outcome: 'success' });
    respondJson(response, 200, {});
  });
}

function termsOf(
  { name, expiresInHours, maxUses, addresses, tags }: GenerateStatement,
  nowMs: number,
): StatementTerms {
  return {
    name: name ?? null,
    expiresAtMs: expiresInHours === undefined ? null : nowMs + Math.round(expiresInHours * HOUR_MS),
    maxUses: maxUses ?? null,
    addresses: addresses ?? null,
    tags: tags ?? null,
  };
}

/** As the original lists it: the date as `yyyy.MM.dd HH:mm:ss Z`, and whether it is active as a text. */
function shown({ statement, issuedAtMs, isActive }: SoftwareStatement): object {
  const [date = '', time = ''] = new Date(issuedAtMs).toISOString().split(/[T.]/);
  return {
    'software-statement': statement,
    'issued-at': `${date.replaceAll('-', '.')} ${time} +0000`,
    'is-active': String(isActive),
  };
}
