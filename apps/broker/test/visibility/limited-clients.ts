import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OperationScope, Session } from '@dcvsm/protocol';
import { silentLog, systemIds } from '@dcvsm/runtime';
import type { AuditEntry } from '../../src/audit/audit-entry.js';
import { allScopes, unrestricted, type Caller, type Restriction } from '../../src/domain/caller.js';
import { baseApp, endRoutes } from '../../src/http/base-app.js';
import { HttpProblem } from '../../src/http/http-problem.js';
import { answerOperations, routeOperations } from '../../src/http/route-operations.js';
import type { TestFleet } from '../fleet/start-fleet.js';

export interface Limits {
  readonly restriction?: Restriction;
  readonly scopes?: readonly OperationScope[];
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/**
 * The operations of a fleet's broker, routed as on the client port, for clients whose limits a test chooses. Which client
 * calls is said by name where a token would be.
 */
export class LimitedClients implements AsyncDisposable {
  readonly audited: AuditEntry[] = [];
  readonly #callers = new Map<string, Caller>();

  private constructor(
    readonly fleet: TestFleet,
    readonly server: Server,
  ) {}

  static async start(fleet: TestFleet, clients: Readonly<Record<string, Limits>>): Promise<LimitedClients> {
    const app = baseApp(systemIds());
    const started = new LimitedClients(fleet, createServer(app));
    for (const [clientId, { restriction = unrestricted, scopes = [...allScopes] }] of Object.entries(
      clients,
    )) {
      const caller: Caller = { kind: 'client', clientId, scopes: new Set(scopes), restriction };
      started.#callers.set(`Bearer ${clientId}`, caller);
    }
    const answers = answerOperations({
      fleet: fleet.broker.fleet,
      requestLimits: { autorunMaxArguments: 50, autorunMaxArgumentCharacters: 150 },
      authorize: (request) => {
        const caller = started.#callers.get(request.headers.authorization ?? '');
        if (caller === undefined) throw new HttpProblem(401, 'nobody the test knows');
        return caller;
      },
      audit: (entry) => void started.audited.push(entry),
      log: silentLog(),
    });
    routeOperations(app, answers);
    endRoutes(app, silentLog());
    started.server.listen(0, '127.0.0.1');
    await once(started.server, 'listening');
    return started;
  }

  /** `body` absent: a GET. */
  async send(client: string, path: string, body?: unknown): Promise<Answer> {
    const { port } = this.server.address() as AddressInfo;
    const method = path === '/sessionPermissions' ? 'PUT' : 'POST';
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: body === undefined ? 'GET' : method,
      headers: { authorization: `Bearer ${client}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  }

  /** The JSON of an answer that is a 200. */
  async accepted<Body>(client: string, path: string, body?: unknown): Promise<Body> {
    const answer = await this.send(client, path, body);
    expect({ status: answer.status, text: answer.text }).toMatchObject({ status: 200 });
    return JSON.parse(answer.text) as Body;
  }

  /** Names of the sessions that the client sees, once all has come to rest. */
  async names(client: string, request: object = {}): Promise<string[]> {
    await this.fleet.rest();
    const { Sessions } = await this.accepted<{ Sessions: Session[] }>(client, '/describeSessions', request);
    return Sessions.map(({ Name }) => Name).sort();
  }

  async create(client: string, fields: object = {}): Promise<Session> {
    const entry = { Name: 'work', Owner: 'alice', Type: 'VIRTUAL', ...fields };
    const answer = await this.accepted<{
      SuccessfulList: Session[];
      UnsuccessfulList: { FailureReason: string }[];
    }>(client, '/createSessions', [entry]);
    const [session] = answer.SuccessfulList;
    if (session === undefined) throw new Error(answer.UnsuccessfulList[0]?.FailureReason ?? 'no answer');
    return session;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }
}

export function tagged(key: string, value: string): Restriction {
  return { owners: null, serverTags: [{ key, value }] };
}

export function ownedBy(...owners: string[]): Restriction {
  return { owners, serverTags: null };
}

/** Facts of a host with that tag and room for many sessions. */
export function roomy(tag: { readonly key: string; readonly value: string }): {
  tags: { key: string; value: string }[];
  limits: { maxVirtualSessions: number; maxVirtualSessionsPerUser: number };
} {
  return { tags: [tag], limits: { maxVirtualSessions: -1, maxVirtualSessionsPerUser: -1 } };
}
