import base from './jest.config.mjs';

/** What no client or agent should send, against the built programs and whole brokers in this process. */
export default {
  ...base,
  roots: ['<rootDir>/apps/demo/test/abuse'],
  testMatch: ['**/run-cases.ts'],
  maxWorkers: 1,
};
