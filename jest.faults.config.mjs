import base from './jest.config.mjs';

/** What goes wrong in data centres, done to the built programs. */
export default {
  ...base,
  roots: ['<rootDir>/apps/demo/test/faults'],
  testMatch: ['**/run-cases.ts'],
  maxWorkers: 1,
};
