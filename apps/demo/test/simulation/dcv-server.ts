import type { DcvResult, DcvRun } from '../../../agent/src/dcv/run-dcv.js';
import type { Computer, ProcessClock } from './computer.js';
import type { Dice } from './world.js';

export interface RealSession {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly type: string;
  readonly createdAt: string;
  /** Nobody asked the agent for it. */
  readonly isLocal: boolean;
}

/** One pixel. */
const PICTURE =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
const NEVER_MS = 10 ** 9;

type Ending = { readonly stdout: string } | { readonly fails: string };

/** DCV on a simulated host, as its `dcv` command shows it: slow, at times failing, and late. */
export class DcvServer {
  readonly sessions = new Map<string, RealSession>();
  /** Ids of sessions that ended here, whatever came after. */
  readonly ended = new Set<string>();
  isReliable = false;
  /** Creations that will be done some time; a second one of that id is refused. */
  readonly #begun = new Set<string>();
  #sickness: 'none' | 'fails' | 'hangs' = 'none';
  #life = 1;

  constructor(
    readonly computer: Computer,
    readonly dice: Dice,
  ) {}

  fallIll(how: 'fails' | 'hangs', ms: number): void {
    this.#sickness = how;
    this.computer.world.after(ms, () => this.recover());
  }

  recover(): void {
    this.#sickness = 'none';
  }

  /** What it was busy with comes to nothing. */
  restart(keeps: 'nothing' | 'sessions'): void {
    this.#life += 1;
    this.#begun.clear();
    if (keeps === 'sessions') return;
    for (const id of [...this.sessions.keys()]) this.end(id);
  }

  add(session: Omit<RealSession, 'createdAt'>): void {
    const { world, name, rate, wallOffsetMs } = this.computer;
    const createdAt = new Date(Date.UTC(2026, 0, 1) + wallOffsetMs + world.nowMs * rate).toISOString();
    this.sessions.set(session.id, { ...session, createdAt });
    world.note(`${name}: DCV has ${session.id} now${session.isLocal ? ', made locally' : ''}`);
  }

  end(id: string): void {
    this.sessions.delete(id);
    this.ended.add(id);
    this.computer.world.note(`${this.computer.name}: DCV has ${id} no more`);
  }

  /** A run of the command by the agent whose clock that is. */
  run({ args, timeoutMs }: DcvRun, clock: ProcessClock): Promise<DcvResult> {
    return new Promise((resolve) => {
      let isOver = false;
      const settle = (result: DcvResult): void => {
        if (isOver) return;
        isOver = true;
        timer.cancel();
        clock.whenAwake(() => resolve(result));
      };
      const words = `dcv ${args[0]} did not end in time`;
      const timer = clock.after(timeoutMs, () => settle({ kind: 'timed-out', reason: words }));
      const life = this.#life;
      this.#perform(args, (ending) => {
        if (life !== this.#life) ending = { fails: 'the DCV server was restarted' };
        settle(
          'fails' in ending
            ? { kind: 'failed', reason: ending.fails }
            : { kind: 'done', stdout: ending.stdout },
        );
      });
    });
  }

  #perform(args: readonly string[], end: (ending: Ending) => void): void {
    if (this.#sickness === 'hangs') return;
    const { world } = this.computer;
    const tookMs = this.dice.between(5, 150);
    if (this.#sickness === 'fails')
      return void world.after(tookMs, () => end({ fails: 'no answer of the DCV server' }));
    const id = args.at(-1) ?? '';
    switch (args[0]) {
      case 'create-session':
        return this.#create(args, end);
      case 'close-session':
        return this.#close(id, end);
      default:
        return void world.after(tookMs, () => end(this.#answer(args)));
    }
  }

  #answer(args: readonly string[]): Ending {
    switch (args[0]) {
      case 'list-sessions':
        return { stdout: JSON.stringify([...this.sessions.values()].map(printed)) };
      case 'describe-session': {
        const session = this.sessions.get(args[1] ?? '');
        return session === undefined ? noSession : { stdout: JSON.stringify(printed(session)) };
      }
      case 'set-permissions':
        return this.sessions.has(args[args.indexOf('--session') + 1] ?? '') ? { stdout: '' } : noSession;
      case 'get-screenshot':
        return this.sessions.has(args.at(-1) ?? '')
          ? { stdout: JSON.stringify({ base64: PICTURE }) }
          : noSession;
      default:
        return { fails: `unknown command ${args[0]}` };
    }
  }

  #create(args: readonly string[], end: (ending: Ending) => void): void {
    const value = (name: string): string => args[args.indexOf(name) + 1] ?? '';
    const [id, name, owner, type] = [args.at(-1) ?? '', value('--name'), value('--owner'), value('--type')];
    const { world } = this.computer;
    if (this.sessions.has(id) || this.#begun.has(id)) {
      return void world.after(20, () => end({ fails: `the session ${id} already exists` }));
    }
    const { appearsMs, endsMs, fails } = this.#luckOfCreation();
    if (appearsMs !== NEVER_MS) this.#begun.add(id);
    const life = this.#life;
    world.after(appearsMs, () => {
      if (life !== this.#life) return;
      this.#begun.delete(id);
      if (!this.sessions.has(id)) this.add({ id, name, owner, type, isLocal: false });
    });
    world.after(endsMs, () => end(fails === null ? { stdout: '' } : { fails }));
  }

  #luckOfCreation(): { appearsMs: number; endsMs: number; fails: string | null } {
    const { dice } = this;
    const tookMs = dice.between(200, 4_000);
    const usual = { appearsMs: tookMs, endsMs: tookMs + 20, fails: null };
    if (this.isReliable) return usual;
    switch (dice.weighted({ usual: 78, refused: 6, slow: 4, late: 4, liar: 3, lost: 3, early: 2 })) {
      case 'usual':
        return usual;
      case 'refused':
        return { appearsMs: NEVER_MS, endsMs: tookMs / 4, fails: 'no licence' };
      case 'slow':
        return { ...usual, appearsMs: 10 * tookMs, endsMs: 10 * tookMs };
      case 'late':
        return { appearsMs: dice.between(30_000, 240_000), endsMs: NEVER_MS, fails: null };
      case 'liar':
        return { ...usual, fails: 'something went wrong' };
      case 'lost':
        return { appearsMs: NEVER_MS, endsMs: dice.happens(0.5) ? NEVER_MS : tookMs, fails: null };
      case 'early':
        return { appearsMs: tookMs + dice.between(500, 5_000), endsMs: tookMs, fails: null };
    }
  }

  #close(id: string, end: (ending: Ending) => void): void {
    const { world } = this.computer;
    const tookMs = this.dice.between(20, 1_500);
    const luck = this.isReliable
      ? 'usual'
      : this.dice.weighted({ usual: 88, fails: 4, hangs: 4, lingers: 4 });
    if (luck === 'fails') return void world.after(tookMs, () => end({ fails: 'cannot close it now' }));
    const life = this.#life;
    const extraMs = luck === 'lingers' ? this.dice.between(500, 10_000) : 0;
    const seen = this.sessions.get(id);
    world.after(tookMs + extraMs, () => {
      if (life === this.#life && this.sessions.has(id) && this.sessions.get(id) === seen) this.end(id);
    });
    if (luck !== 'hangs') world.after(tookMs, () => end(seen === undefined ? noSession : { stdout: '' }));
  }
}

const noSession = { fails: 'there is no such session' };

function printed(session: RealSession): object {
  const { createdAt, isLocal: _isLocal, ...rest } = session;
  return { ...rest, 'creation-time': createdAt, 'num-of-connections': 0 };
}
