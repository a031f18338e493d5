import { Clients } from './clients.js';
import { Computer } from './computer.js';
import { Host } from './host.js';
import { simLog } from './log.js';
import { Network } from './network.js';
import { Promises } from './promises.js';
import { BrokerProcess } from './sim-broker.js';
import { FAIR, StoreRoom } from './stores.js';
import { Violation, World, type Dice } from './world.js';

export interface SimulationOptions {
  readonly seed: number;
  readonly steps: number;
  /** Log lines of all processes become part of the history. */
  readonly tellsLogs?: boolean;
}

export interface SimulationResult {
  readonly seed: number;
  /** Null: every promise was kept. */
  readonly violation: string | null;
  readonly fingerprint: string;
  readonly virtualMs: number;
  readonly events: number;
  readonly acknowledged: number;
  readonly history: readonly string[];
}

/** As the programs have it. */
const STOP_PATIENCE_MS = 20_000;
const LARGEST_JUMP_MS = 600_000;
const QUEUE_SECONDS = 300;

/** What may go wrong in a run; each run has its own mixture. */
const FAULTS = {
  cut: 8,
  hang: 5,
  slow: 3,
  killBroker: 4,
  killAgent: 6,
  freeze: 3,
  store: 4,
  clock: 3,
  dcvRestart: 3,
  dcvIll: 5,
  local: 6,
  upgrade: 3,
  rename: 1,
} as const;
type Fault = keyof typeof FAULTS;

const WISHES = { create: 34, burst: 3, delete: 16, look: 5, gate: 6 } as const;

/** A whole fleet in one process: broker, hosts, store and network, in virtual time. */
export class Simulation {
  readonly world: World;
  readonly #dice: Dice;
  readonly #room: StoreRoom;
  readonly #network: Network;
  readonly #hosts: Host[] = [];
  readonly #promises: Promises;
  readonly #clients: Clients;
  readonly #options: SimulationOptions;
  readonly #weights: Readonly<Record<Fault | keyof typeof WISHES, number>>;
  readonly #properties: readonly string[];
  #broker: BrokerProcess | null = null;
  #brokers = 0;
  #locals = 0;

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.world = new World(options.seed);
    const { world } = this;
    this.#dice = world.chance('steps');
    const setup = world.chance('setup');
    this.#room = new StoreRoom(world, world.chance('store'));
    this.#network = new Network(world, () => this.#broker);
    this.#promises = new Promises(
      world,
      this.#room,
      () => this.#hosts,
      () => this.#broker?.parts?.context ?? null,
    );
    const isStrict = setup.happens(0.7);
    this.#losesAnswers = !isStrict;
    this.#clients = new Clients(world, world.chance('clients'), this.#promises, () => this.#broker, isStrict);
    this.#weights = { ...WISHES, ...mixture(setup) };
    this.#properties = propertiesOf(setup);
    for (let index = 0; index < 2 + setup.below(3); index += 1) this.#addHost(index, setup);
  }
  readonly #losesAnswers: boolean;

  async run(): Promise<SimulationResult> {
    let violation: string | null = null;
    const onUnhandled = (cause: unknown): void =>
      this.world.broken(`nobody handled a rejection, which ends the process: ${(cause as Error).stack}`);
    process.on('unhandledRejection', onUnhandled);
    try {
      await this.#live();
    } catch (cause) {
      if (!(cause instanceof Violation)) throw cause;
      violation = cause.message;
      this.world.note(`BROKEN: ${violation}`);
    } finally {
      process.off('unhandledRejection', onUnhandled);
    }
    const { world } = this;
    return {
      seed: world.seed,
      violation,
      fingerprint: world.fingerprint(),
      virtualMs: world.nowMs,
      events: world.events,
      acknowledged: this.#promises.acknowledged.size,
      history: world.history,
    };
  }

  async #live(): Promise<void> {
    const { world } = this;
    this.#startBroker();
    for (const host of this.#hosts) host.startAgent();
    await world.pass(15_000);
    for (let step = 0; step < this.#options.steps; step += 1) {
      this.#act();
      await world.pass(this.#pauseMs());
      this.#check();
    }
    await this.#heal();
  }

  #pauseMs(): number {
    const dice = this.#dice;
    switch (dice.weighted({ none: 30, moment: 30, seconds: 30, long: 9, age: 1 })) {
      case 'none':
        return dice.between(0, 20);
      case 'moment':
        return dice.between(0, 2_000);
      case 'seconds':
        return dice.between(0, 30_000);
      case 'long':
        return dice.between(30_000, 150_000);
      case 'age':
        return 600_000;
    }
  }

  #check(): void {
    this.#promises.check();
    this.#clients.check();
  }

  #act(): void {
    const dice = this.#dice;
    const host = dice.pick(this.#hosts)!;
    const action = dice.weighted(this.#weights);
    switch (action) {
      case 'create':
        return this.#clients.create({});
      case 'burst':
        for (let count = 3 + dice.below(12); count > 0; count -= 1) this.#clients.create({});
        return;
      case 'delete':
        return this.#clients.delete();
      case 'look':
        return this.#clients.lookAround();
      case 'gate':
        return this.#clients.setGate(
          host.serverId ?? '',
          dice.happens(0.6) ? 'OPEN' : 'CLOSED',
          dice.happens(0.5),
        );
      default:
        return this.#fault(action, host);
    }
  }

  #fault(fault: Fault, host: Host): void {
    const { world } = this;
    const dice = this.#dice;
    switch (fault) {
      case 'cut':
        world.note(`fault: the connection of ${host.name} breaks`);
        for (const socket of [...host.sockets]) socket.break();
        return;
      case 'hang': {
        const ms = dice.between(500, dice.happens(0.3) ? 200_000 : 25_000);
        world.note(`fault: the network of ${host.name} hangs for ${ms.toFixed()} ms`);
        return host.route.hang(ms);
      }
      case 'slow':
        host.route.extraMs = dice.happens(0.5) ? 0 : dice.between(10, 3_000);
        return world.note(`fault: the network of ${host.name} is ${host.route.extraMs.toFixed()} ms slower`);
      case 'killBroker':
        return this.#killBroker();
      case 'killAgent':
        return this.#killAgent(host);
      case 'freeze': {
        const ms = dice.between(200, dice.happens(0.3) ? 120_000 : 15_000);
        const ofBroker = dice.happens(0.4);
        world.note(
          `fault: the ${ofBroker ? 'broker' : `agent of ${host.name}`} is stopped for ${ms.toFixed()} ms`,
        );
        return ofBroker ? this.#broker?.clock.freeze(ms) : host.freezeAgent(ms);
      }
      case 'store':
        return this.#changeWeather();
      case 'clock':
        return this.#setClock(dice.happens(0.4) ? this.#brokerComputer : host.computer);
      case 'dcvRestart': {
        const keeps = dice.happens(0.7) ? 'nothing' : 'sessions';
        world.note(`fault: DCV on ${host.name} is restarted and keeps ${keeps}`);
        return host.dcv.restart(keeps);
      }
      case 'dcvIll': {
        const how = dice.happens(0.5) ? 'fails' : 'hangs';
        world.note(`fault: DCV on ${host.name} ${how}`);
        return host.dcv.fallIll(how, dice.between(1_000, 90_000));
      }
      case 'local':
        return this.#actLocally(host);
      case 'upgrade':
        host.dcvVersion += 1;
        return world.note(`DCV on ${host.name} is upgraded`);
      case 'rename':
        host.hostname = `${host.name}x${dice.below(1000)}`;
        return world.note(`fault: ${host.name} is renamed to ${host.hostname}`);
    }
  }

  #killBroker(): void {
    const broker = this.#broker;
    if (broker === null) return;
    if (this.#dice.happens(0.3)) return this.#stopBroker(broker);
    const silently = this.#dice.happens(0.2);
    this.world.note(`fault: the broker is killed${silently ? ' silently' : ''}`);
    broker.kill(silently);
    this.#broker = null;
    this.world.after(this.#dice.between(100, 60_000), () => this.#startBroker());
  }

  /** In order; a broker that does not end in time is killed, as the program does it. */
  #stopBroker(broker: BrokerProcess): void {
    const { world } = this;
    world.note('the broker is told to stop');
    const end = (how: string): void => {
      if (broker.isDead) return;
      world.note(how);
      broker.kill(false);
      if (this.#broker !== broker) return;
      this.#broker = null;
      world.after(this.#dice.between(100, 5_000), () => this.#startBroker());
    };
    void broker.stop().then(() => end('the broker has stopped'));
    broker.clock.after(STOP_PATIENCE_MS, () => end('the broker did not stop in time and is killed'));
  }

  #killAgent(host: Host): void {
    if (!host.isAgentUp) return;
    const { world } = this;
    const dice = this.#dice;
    const comesBackMs = dice.between(100, dice.happens(0.2) ? 300_000 : 30_000);
    const end = (how: string, silently: boolean): void => {
      world.note(`${how}: the agent of ${host.name}${silently ? ' silently' : ''}`);
      host.killAgent(silently);
      if (dice.happens(0.4)) host.dcv.restart('sessions');
      world.after(comesBackMs, () => {
        world.note(`the agent of ${host.name} is started`);
        host.startAgent();
      });
    };
    if (dice.happens(0.7)) return end('fault: killed', dice.happens(0.3));
    world.note(`the agent of ${host.name} is told to stop`);
    const { starts } = host;
    void host.stopAgent().then(() => {
      if (host.isAgentUp && host.starts === starts) end('stopped', false);
    });
  }

  #changeWeather(): void {
    const dice = this.#dice;
    const isFair = dice.happens(0.5);
    this.#room.weather = isFair
      ? { ...FAIR }
      : {
          failing: dice.pick([0, 0.05, 0.3, 1])!,
          losingAnswers: this.#losesAnswers ? dice.pick([0, 0.05, 0.3])! : 0,
          slowMs: dice.pick([2, 50, 1_000])!,
        };
    this.world.note(`fault: the store is ${JSON.stringify(this.#room.weather)}`);
  }

  readonly #brokerComputers = new Map<number, Computer>();
  get #brokerComputer(): Computer {
    return this.#brokerComputers.get(this.#brokers % 2)!;
  }

  #setClock(computer: Computer): void {
    computer.wallOffsetMs = this.#dice.happens(0.3)
      ? 0
      : this.#dice.between(-LARGEST_JUMP_MS, LARGEST_JUMP_MS);
    this.world.note(`fault: the clock of ${computer.name} is set, ${computer.wallOffsetMs.toFixed()} ms off`);
  }

  #actLocally(host: Host): void {
    const dice = this.#dice;
    const real = dice.pick([...host.dcv.sessions.values()]);
    switch (dice.weighted({ make: 4, console: 2, end: 4, remake: 1 })) {
      case 'make':
        return this.#makeLocally(host, `local-${(this.#locals += 1)}`, 'virtual');
      case 'console':
        if (host.dcv.sessions.size === 0) this.#makeLocally(host, 'console', 'console');
        return;
      case 'end':
        if (real !== undefined) host.dcv.end(real.id);
        return;
      case 'remake':
        if (real === undefined) return;
        host.dcv.end(real.id);
        return this.#makeLocally(host, real.id, real.type);
    }
  }

  #makeLocally(host: Host, id: string, type: string): void {
    if (host.dcv.sessions.has(id)) return;
    this.#promises.locallyMade.add(id);
    host.dcv.add({ id, type, name: 'made here', owner: 'dave', isLocal: true });
  }

  #startBroker(): void {
    if (this.#broker !== null) return;
    const { world } = this;
    this.#brokers += 1;
    const number = this.#brokers;
    const who = `broker ${number}`;
    const known = this.#brokerComputers.get(number % 2);
    const rate = world.chance(`broker clock ${number % 2}`).between(0.98, 1.02);
    const computer = known ?? new Computer(world, `broker computer ${number % 2}`, rate);
    this.#brokerComputers.set(number % 2, computer);
    const tells = this.#options.tellsLogs === true;
    const log = (isDead: () => boolean) => simLog(world, who, isDead, tells);
    const broker = new BrokerProcess({
      computer,
      room: this.#room,
      number,
      properties: this.#properties,
      log,
    });
    this.#broker = broker;
    world.note(`${who} is started`);
    broker.start().then(
      () => world.note(`${who} is ready`),
      (cause: Error) => {
        if (broker.isDead) return;
        world.note(`${who} could not start: ${cause.message}`);
        world.require(cause.name === 'StoreUnavailable', () => `${who} could not start: ${cause.stack}`);
        broker.kill(false);
        this.#broker = null;
        world.after(2_000, () => this.#startBroker());
      },
    );
  }

  #addHost(index: number, setup: Dice): void {
    const { world } = this;
    const name = `h${index + 1}`;
    const limits = {
      maxVirtualSessions: 1 + setup.below(4),
      maxVirtualSessionsPerUser: setup.pick([-1, 1, 2])!,
    };
    const tells = this.#options.tellsLogs === true;
    this.#hosts.push(
      new Host({
        computer: new Computer(world, name, setup.between(0.98, 1.02)),
        index,
        dice: world.chance(`host ${name}`),
        network: this.#network,
        limits,
        log: (isDead) => simLog(world, name, isDead, tells),
      }),
    );
  }

  /** Nothing goes wrong any more, and enough time passes for everything that has a time. */
  async #heal(): Promise<void> {
    const { world } = this;
    world.note('everything is mended');
    this.#room.weather = { ...FAIR };
    for (const host of this.#hosts) {
      host.route.heal();
      host.dcv.recover();
      host.dcv.isReliable = true;
    }
    await world.pass(330_000);
    for (const host of this.#hosts) this.#clients.setGate(host.serverId ?? '', 'OPEN');
    await world.pass(2 * LARGEST_JUMP_MS + QUEUE_SECONDS * 1000 + 300_000);
    this.#clients.check();
    this.#promises.checkHealed();
    await this.#fillUp();
  }

  /** As many sessions can be made as there is room: nothing holds room that it does not use. */
  async #fillUp(): Promise<void> {
    const { world } = this;
    const room = this.#hosts.reduce((sum, host) => sum + roomOn(host), 0);
    const before = this.#promises.acknowledged.size;
    for (let count = 0; count < room + 2; count += 1) {
      this.#clients.create({ type: 'VIRTUAL', enqueue: false, retry: false, anywhere: true });
      await world.pass(100);
    }
    await world.pass(60_000);
    const made = this.#promises.acknowledged.size - before;
    world.require(made === room, () => `there was room for ${room} sessions, and ${made} were accepted`);
    this.#promises.checkHealed();
    await world.pass(0);
    await world.pass(1);
  }
}

/** A user of its own for each, so that only the host's limit counts. */
function roomOn({ dcv, limits }: Host): number {
  const sessions = [...dcv.sessions.values()];
  if (sessions.some(({ type }) => type.toLowerCase() === 'console')) return 0;
  return Math.max(0, limits.maxVirtualSessions - sessions.length);
}

/** In each run some faults do not happen, and some happen often. */
function mixture(setup: Dice): Record<Fault, number> {
  const weights = Object.entries(FAULTS).map(([name, weight]) => [
    name,
    setup.happens(0.4) ? 0 : weight * setup.between(0.3, 2.5),
  ]);
  return Object.fromEntries(weights) as Record<Fault, number>;
}

function propertiesOf(setup: Dice): string[] {
  return [
    'store = memory',
    'session-manager-working-path = /nowhere',
    `create-sessions-queue-max-time-seconds = ${QUEUE_SECONDS}`,
    `create-session-timeout-seconds = ${setup.pick([20, 60, 120])}`,
    `create-sessions-number-of-retries-on-failure = ${setup.below(3)}`,
    `delete-session-duration-seconds = ${setup.pick([60, 1_000_000, 1_000_000])}`,
    `seconds-before-deleting-unreachable-dcv-server = ${setup.pick([90, 1_800])}`,
    `enable-agent-authorization = ${setup.happens(0.7)}`,
    ...(setup.happens(0.3) ? ['seconds-before-deleting-sessions-unreachable-server = 60'] : []),
  ];
}
