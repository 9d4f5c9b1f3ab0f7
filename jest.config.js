/** Tests run as compiled by `tsc -b`: what is tested is what is published. */
export default {
  testEnvironment: 'node',
  transform: {},
  testMatch: ['<rootDir>/packages/*/build/__tests__/**/*.test.js', '<rootDir>/test/build/**/*.test.js'],
  globalSetup: '<rootDir>/test/support/build/start-postgres.js',
  globalTeardown: '<rootDir>/test/support/build/stop-postgres.js',
  testTimeout: 30_000,
}
