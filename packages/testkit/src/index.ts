export { hostFacts, hostLoad, hostSession, report } from './builders.js';
export { FakeAgent, type FakeAgentOptions, type Reaction } from './fake-agent.js';
export { FaultProxy, type FaultProxyOptions } from './fault-proxy.js';
export { Happenings } from './happenings.js';
export { joinFleet, type JoinOptions } from './join-fleet.js';
export { ManualClock } from './manual-clock.js';
export { countedIds, seededRandom } from './seeded-chance.js';
