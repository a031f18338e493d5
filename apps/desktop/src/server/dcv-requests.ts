import { normalized } from '../display/layout.js';
import { NOBODY, OWNER_ONLY } from '../permissions/decide.js';
import type { Permissions } from '../permissions/parse.js';
import { Refusal } from '../refusal.js';
import type { Clients } from '../sessions/clients.js';
import { homeOf, permissionsOf } from '../sessions/create.js';
import { checkName } from '../sessions/rules.js';
import { takeScreenshot } from '../sessions/screenshot.js';
import type { Sessions } from '../sessions/sessions.js';
import { storageRoot } from '../sessions/storage.js';
import type { EndpointFacts } from '../wire/answer.js';
import type { DcvRequest } from '../wire/request.js';

export interface DcvServer {
  readonly sessions: Sessions;
  readonly clients: Clients;
  readonly stateDir: string;
  readonly endpoints: readonly EndpointFacts[];
}

/**
 * Carries out one request of the dcv command and gives what it is answered with.
 *
 * @throws Refusal if it cannot be granted
 */
export async function answerDcv(server: DcvServer, request: DcvRequest): Promise<unknown> {
  const { sessions, clients } = server;
  switch (request.command) {
    case 'create-session':
      await sessions.create(request);
      return null;
    case 'close-session':
      await sessions.close(request.session);
      return null;
    case 'list-sessions':
      return (request.session === null ? sessions.list() : [sessions.find(request.session)]).map(
        ({ facts }) => facts,
      );
    case 'describe-session':
      return sessions.find(request.session).facts;
    case 'list-connections':
      return [...sessions.find(request.session).connections.values()];
    case 'close-connection':
      clients.disconnect(request.session, request.connection);
      return null;
    case 'get-screenshot':
      return takeScreenshot(sessions.find(request.session), request);
    case 'list-endpoints':
      return server.endpoints;
    case 'set-display-layout':
      await sessions.find(request.session).parts.display.setLayout(normalized(request.heads));
      return null;
    case 'set-name':
    case 'set-storage-root':
    case 'set-permissions':
      await change(server, request);
      return null;
  }
}

type Change = Extract<DcvRequest, { command: 'set-name' | 'set-storage-root' | 'set-permissions' }>;

async function change({ sessions, clients, stateDir }: DcvServer, request: Change): Promise<void> {
  const session = sessions.find(request.session);
  if (request.command === 'set-permissions') {
    await clients.setPermissions(session, await permissionsAfter(request.change));
  } else if (request.command === 'set-name') {
    checkName(request.name);
    session.changeable = { ...session.changeable, name: request.name };
  } else {
    const root = await storageRoot(request.path, await homeOf(stateDir, session.parts.user));
    if (root === '') throw new Refusal(`the storage folder '${request.path}' does not exist`);
    session.changeable = { ...session.changeable, storageRoot: root };
  }
}

type PermissionsChange = Extract<DcvRequest, { command: 'set-permissions' }>['change'];

async function permissionsAfter(wanted: PermissionsChange): Promise<Permissions> {
  if (wanted.kind === 'none') return NOBODY;
  return wanted.kind === 'reset' ? OWNER_ONLY : permissionsOf(wanted.path);
}
