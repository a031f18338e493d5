export { SimulatedFleet, type SimulatedFleetOptions } from './agents/simulated-fleet.js';
export type { Behaviour } from './agents/simulated-agent.js';
export { targetOf, type Target } from './agents/target.js';
export { seededRandom } from './random.js';
export { Tally } from './watch/tally.js';
