export { ManualClock } from './manual-clock.js';
export { countedIds, seededRandom } from './seeded-chance.js';
