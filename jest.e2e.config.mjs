import base from './jest.config.mjs';

/** End to end: the built programs, started as processes. One file at a time, since they share two cores. */
export default {
  ...base,
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  roots: ['<rootDir>/apps/demo/test/e2e'],
  testTimeout: 180_000,
  maxWorkers: 1,
};
