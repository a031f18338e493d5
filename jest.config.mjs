/** One configuration for the whole house: sources are run directly, nothing has to be built first. */
export default {
  roots: ['<rootDir>/packages', '<rootDir>/apps', '<rootDir>/bench'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/test/e2e/'],
  modulePathIgnorePatterns: ['/dist/'],
  testEnvironment: 'node',
  setupFiles: ['<rootDir>/jest.setup.cjs'],
  testEnvironmentOptions: { customExportConditions: ['@dcvsm/source', 'node', 'node-addons', 'require'] },
  extensionsToTreatAsEsm: [],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  maxWorkers: 2,
};
