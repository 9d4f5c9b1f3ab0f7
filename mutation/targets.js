/**
 * What can be mutated: packages by folder. Their tests run on SQLite alone, where they take seconds; statements that are
 * for Postgres are mutated by `sql-mutants.js`, and tested there.
 *
 * @typedef {object} Target
 * @property {string} package folder of the package
 * @property {string[]} mutate files of its build that Stryker mutates
 * @property {string[]} skip tests that kill processes, or start ones that would import the package itself
 * @property {string[]} last tests that take longest
 * @property {string} sql folder of its build whose SQL is mutated
 * @property {string[]} postgres files of that folder with statements for Postgres
 * @property {number} least percentage of mutants that must be killed
 */

/** @type {Record<string, Target>} */
export const targets = {
  ledger: {
    package: 'packages/ledger',
    mutate: [
      '*.js',
      'typeorm/*.js',
      '!index.js',
      '!typeorm/index.js',
      '!typeorm/entities.js',
      '!typeorm/postgres-*.js',
    ],
    skip: ['ledger-crash', 'ending-race', 'readme'],
    last: ['verify-ledger', 'ledger-model', 'verify-every-byte'],
    sql: 'typeorm',
    postgres: ['postgres-book-store.js'],
    least: 90,
  },
  'billing-manager': {
    package: 'packages/billing-manager',
    mutate: [
      'typeorm/*-store.js',
      'typeorm/insert-rows.js',
      'end-*.js',
      'reserve.js',
      'decide-*.js',
      'tenant-queue.js',
      'guard-reservation.js',
      'draw-budget*.js',
      'resolve-broadcasts.js',
      'judge-outcome.js',
    ],
    skip: ['cost-of-a-call', 'keep-calls-secret', 'plugin-schema', 'recover-reservations'],
    last: ['billing-model', 'deliver-events'],
    sql: 'typeorm',
    postgres: [],
    least: 90,
  },
}
