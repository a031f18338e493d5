export { hostFacts, hostLoad, hostSession, report } from './builders.js';
export { FakeAgent, type FakeAgentOptions, type Reaction } from './fake-agent.js';
export { Happenings } from './happenings.js';
export { ManualClock } from './manual-clock.js';
export { countedIds, seededRandom } from './seeded-chance.js';
