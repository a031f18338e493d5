import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

const injected = (what, instead) => ({
  message: `${what} makes behaviour depend on when or where it runs. ${instead}`,
});

/** Time, ids and chance come in through @dcvsm/runtime, so that every test and the simulator can hold them still. */
const noWallClock = {
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', ...injected('Date.now()', 'Take a Clock and call clock.now().') },
    { object: 'Math', property: 'random', ...injected('Math.random()', 'Take a Random.') },
    { object: 'crypto', property: 'randomUUID', ...injected('randomUUID()', 'Take Ids.') },
    { object: 'performance', property: 'now', ...injected('performance.now()', 'Call clock.monotonicMs().') },
  ],
  'no-restricted-globals': [
    'error',
    { name: 'setTimeout', ...injected('setTimeout', 'Use clock.after() or clock.sleep().') },
    { name: 'setInterval', ...injected('setInterval', 'Use startLoop() of @dcvsm/runtime.') },
  ],
  'no-restricted-syntax': [
    'error',
    {
      selector: "NewExpression[callee.name='Date'][arguments.length=0]",
      ...injected('new Date()', 'Use new Date(clock.now()).'),
    },
    {
      selector: "ImportSpecifier[imported.name='randomUUID']",
      ...injected('randomUUID()', 'Take Ids of @dcvsm/runtime.'),
    },
  ],
};

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      'demo/**',
      'coverage/**',
      '**/*.mjs',
      '**/*.cjs',
      '**/*.js',
    ],
  },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-redeclare': 'off',
      eqeqeq: 'error',
      'no-console': 'error',
      ...noWallClock,
    },
  },
  {
    // The one place where the system's clock and chance are read, and measuring, which is about real time.
    files: ['packages/runtime/src/system-*.ts', 'bench/**/*.ts'],
    rules: {
      'no-restricted-properties': 'off',
      'no-restricted-globals': 'off',
      'no-restricted-syntax': 'off',
      'no-console': 'off',
    },
  },
  {
    files: ['**/*.test.ts', '**/test/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  prettier,
);
