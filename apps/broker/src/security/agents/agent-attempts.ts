import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { networkOf } from '../network-of.js';

const PERIOD_SECONDS = 60;
/** A hundred agents with an old statement, seen through one router, try that often; who tries more is somebody else. */
const REFUSALS_PER_ADDRESS = 300;
/** A fleet of thousands joins within minutes, once in its life; who has a stolen statement fills no store. */
const REGISTRATIONS = 1200;

/**
 * Counts what can be tried at the agent port: registrations, and tokens and links that were refused. Whoever is refused all
 * the time has to wait before anything of his is looked at, so that neither the broker nor its audit log is kept busy.
 */
export class AgentAttempts {
  readonly #refusals = new RateLimiterMemory({ points: REFUSALS_PER_ADDRESS, duration: PERIOD_SECONDS });
  readonly #registrations = new RateLimiterMemory({ points: REGISTRATIONS, duration: PERIOD_SECONDS });

  /** Seconds that this address has to wait because it was refused too often; 0: none. */
  async waitOf(address: string): Promise<number> {
    return secondsLeft(await this.#refusals.get(networkOf(address)), REFUSALS_PER_ADDRESS);
  }

  async countRefusal(address: string): Promise<void> {
    await this.#refusals.penalty(networkOf(address));
  }

  /** Seconds that everybody has to wait because too many registered; 0: none. */
  async waitToRegister(): Promise<number> {
    return secondsLeft(await this.#registrations.get(EVERYBODY), REGISTRATIONS);
  }

  async countRegistration(): Promise<void> {
    await this.#registrations.penalty(EVERYBODY);
  }
}

const EVERYBODY = 'everybody';

function secondsLeft(counted: RateLimiterRes | null, points: number): number {
  return counted === null || counted.consumedPoints < points
    ? 0
    : Math.max(1, Math.ceil(counted.msBeforeNext / 1000));
}
