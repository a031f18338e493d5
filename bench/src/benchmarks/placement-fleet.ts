import { randomUUID } from 'node:crypto';
import { compileRequirements, parseRequirements } from '@dcvsm/requirements';
import type { Sample } from '../measure/sample.js';
import {
  PART_THAT_MEETS_IT,
  REQUIREMENT,
  simulatedFacts,
  simulatedLoad,
  simulatedServerId,
} from '../simulated-host.js';
import type { BrokerParts, PlacementRequest, View } from './broker-parts.js';

const meetsRequirements = compiled(REQUIREMENT);

/** The broker's picture of a fleet in this process, on which placements are timed as the broker makes them. */
export class PlacementFleet {
  readonly #parts: BrokerParts;
  readonly #view: View;
  #turn = 0;

  /** @throws unless as many servers meet the requirement as the target says. */
  constructor(parts: BrokerParts, servers: number, liveSessions: number) {
    this.#parts = parts;
    this.#view = parts.newView();
    for (let number = 0; number < servers; number += 1) this.#addServer(number);
    const fitting = [...this.#view.servers()].filter(({ subject }) => meetsRequirements(subject)).length;
    if (fitting !== servers * PART_THAT_MEETS_IT)
      throw new Error(`${fitting} of ${servers} simulated servers meet the requirement`);
    for (let index = 0; index < liveSessions; index += 1) {
      const id = randomUUID();
      this.#remember(id, `user-${index % 1000}`, simulatedServerId(index % servers));
    }
  }

  /**
   * One placement: choosing the server and taking the room on it into the view; not the store, not the wire.
   * The room is given back outside of the measured time, so that the fleet stays the same.
   */
  measure(placements: number): Sample {
    const ids = Array.from({ length: placements }, () => randomUUID());
    const startedAtMs = performance.now();
    for (const id of ids) {
      this.#turn += 1;
      const owner = `user-${this.#turn % 1000}`;
      const server = this.#view.bestServer(request(owner), REQUIREMENT, 'spread');
      if (server === undefined) throw new Error('no server was found');
      this.#remember(id, owner, server.id);
    }
    const elapsedMs = performance.now() - startedAtMs;
    for (const id of ids) this.#view.removeSession(id);
    return { figure: (elapsedMs * 1000) / placements, serverCpuMicros: null };
  }

  #remember(id: string, owner: string, serverId: string): void {
    const wanted = { enqueue: false, retryOnFailure: true, requirements: REQUIREMENT };
    const session = this.#parts.requested(id, { name: 'desktop', owner, type: 'VIRTUAL', wanted }, 0);
    const bound = this.#parts.placed(session, serverId, 1);
    if (bound === null) throw new Error('a new session cannot be placed');
    this.#view.putSession(bound);
  }

  #addServer(number: number): void {
    const id = simulatedServerId(number);
    const facts = simulatedFacts(number, 1000);
    this.#view.putServer({ id, facts, gate: 'OPEN', linkEpoch: 1, placementVersion: 1, registeredAtMs: 0 });
    this.#view.putServerLive(id, { linkEpoch: 1, load: simulatedLoad(number) });
  }
}

function request(owner: string): PlacementRequest {
  return { type: 'VIRTUAL', owner, meetsRequirements, hasAutorunFile: false, triedServerIds: [] };
}

function compiled(text: string): ReturnType<typeof compileRequirements> {
  const parsed = parseRequirements(text);
  if (!parsed.ok) throw new Error(`the benchmark's requirement is wrong at column ${parsed.problem.column}`);
  return compileRequirements(parsed.tree);
}
