import type { Clock } from '@dcvsm/runtime';
import { osGroupsOf } from '../permissions/os-groups.js';
import type { Permissions } from '../permissions/parse.js';
import { Refusal } from '../refusal.js';
import { askVerifier, type TokenQuestion, type Verifier } from '../verifier/ask.js';
import type { ValueOf } from '../wire/answer.js';
import type { Session } from './session.js';
import type { Sessions } from './sessions.js';

/** The people who look at sessions: they come with a token and are let in as a DCV server would. */
export class Clients {
  #lastConnectionId = 0;

  constructor(
    private readonly clock: Clock,
    private readonly sessions: Sessions,
    private readonly verifier: Verifier | null,
  ) {}

  /** @throws Refusal if the token, the permissions or the limit of the session say no */
  async connect(question: TokenQuestion): Promise<ValueOf<'connect'>> {
    this.sessions.find(question.sessionId);
    if (!this.verifier)
      throw new Refusal('no auth-token-verifier is configured: start the server with --verifier-url');
    const answer = await askVerifier(this.verifier, question);
    if (answer.kind === 'no')
      throw new Refusal(`the token was not accepted: ${answer.message || 'no reason given'}`);
    const { username } = answer;
    const osGroups = await osGroupsOf(username);
    // Asking took time: only what holds now counts.
    const session = this.sessions.find(question.sessionId);
    const features = session.featuresOf({ username, osGroups });
    if (features.length === 0)
      throw new Refusal(`user '${username}' has no permissions in session '${question.sessionId}'`);
    const limit = session.parts.maxConcurrentClients;
    if (limit !== null && session.connections.size >= limit) {
      throw new Refusal(`max concurrent clients reached: session '${question.sessionId}' takes ${limit}`);
    }
    const connection = ++this.#lastConnectionId;
    const nowMs = this.clock.now();
    session.connections.set(connection, {
      ...{ id: connection, username },
      ...{ connectedAtMs: nowMs, lastInteractionAtMs: nowMs, firstFrameAtMs: nowMs },
    });
    return { connection, username, features };
  }

  /**
   * Ends one connection, or all of the session.
   *
   * @throws Refusal if there is no such session or connection
   */
  disconnect(sessionId: string, connection: number | null): number {
    const session = this.sessions.find(sessionId);
    const wanted = connection === null ? [...session.connections.keys()] : [connection];
    const closed = wanted.filter((id) => session.disconnect(id, this.clock.now())).length;
    if (connection !== null && closed === 0) {
      throw new Refusal(`no connection found with id ${connection} in session '${sessionId}'`);
    }
    return closed;
  }

  /** Gives a session other permissions; who may do nothing any more is disconnected. */
  async setPermissions(session: Session, permissions: Permissions): Promise<void> {
    session.changeable = { ...session.changeable, permissions };
    for (const { id, username } of [...session.connections.values()]) {
      const osGroups = await osGroupsOf(username);
      if (session.featuresOf({ username, osGroups }).length === 0) session.disconnect(id, this.clock.now());
    }
  }
}
