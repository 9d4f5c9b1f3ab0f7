/**
 * What the ledger costs: writing on SQLite against a bare driver, writing in several processes on Postgres against one
 * transfer a commit, verifying against reading, and a page of a long statement against one of a short one.
 *
 * `BENCH_ENTRIES` is the length of the long journal, 1,000,000 unless said otherwise.
 */
import startPostgres from '../../test/support/build/start-postgres.js'
import stopPostgres from '../../test/support/build/stop-postgres.js'
import { inTemporaryDirectory } from '../harness.js'
import { benchReading } from './reading.js'
import { benchProcesses } from './processes.js'
import { benchDurable } from './durable.js'

await inTemporaryDirectory(benchDurable)
await startPostgres()
try {
  await benchProcesses()
} finally {
  await stopPostgres()
}
await inTemporaryDirectory(benchReading)
