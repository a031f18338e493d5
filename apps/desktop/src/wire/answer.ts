import type { Rectangle } from '../picture/picture.js';
import type { Request } from './request.js';

export interface SessionFacts {
  readonly id: string;
  readonly owner: string;
  readonly user: string;
  readonly name: string;
  readonly type: 'console' | 'virtual';
  readonly connections: number;
  readonly createdAtMs: number;
  readonly lastDisconnectedAtMs: number | null;
  /** Empty when the session has no storage. */
  readonly storageRoot: string;
  readonly xDisplay: string;
  readonly xAuthority: string;
  readonly layout: readonly Rectangle[];
}

export interface ConnectionFacts {
  readonly id: number;
  readonly username: string;
  readonly connectedAtMs: number;
  readonly lastInteractionAtMs: number;
  readonly firstFrameAtMs: number;
}

export interface EndpointFacts {
  readonly ipAddress: string;
  readonly port: number;
  readonly protocol: 'HTTP' | 'QUIC';
  readonly webUrlPath: string;
}

/** What a request is answered with when it succeeds; the others succeed with nothing to say. */
interface Told {
  'list-sessions': readonly SessionFacts[];
  'describe-session': SessionFacts;
  'list-connections': readonly ConnectionFacts[];
  'get-screenshot': { readonly format: 'png' | 'jpeg'; readonly base64: string };
  'list-endpoints': readonly EndpointFacts[];
  connect: { readonly connection: number; readonly username: string; readonly features: readonly string[] };
  disconnect: { readonly closed: number };
}

export type ValueOf<Command extends Request['command']> = Command extends keyof Told ? Told[Command] : null;

/** `raw` is printed as it is: the daemon plays a command that writes nonsense. */
export type Answer<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'raw'; readonly stdout: string };
