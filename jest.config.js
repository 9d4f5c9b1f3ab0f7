/** Tests run as compiled by `tsc -b`: what is tested is what is published. */
export default {
  testEnvironment: 'node',
  transform: {},
  testMatch: ['<rootDir>/packages/*/build/__tests__/**/*.test.js', '<rootDir>/test/build/**/*.test.js'],
  globalSetup: '<rootDir>/test/support/build/start-postgres.js',
  globalTeardown: '<rootDir>/test/support/build/stop-postgres.js',
  testTimeout: 60_000,
  // Each test file has modules of its own, which Node does not let go of: a worker that has grown is replaced.
  maxWorkers: 2,
  workerIdleMemoryLimit: '1GB',
  // Jest wraps what a file leaves in the global scope once more for each file after it: a hundred layers overflow the stack.
  testEnvironmentOptions: { globalsCleanup: 'off' },
}
