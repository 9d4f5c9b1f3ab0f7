/** A process that posts as fast as it can for a while, and tells its parent how fast that was. */
import { once } from 'node:events'
import pg from 'pg'
import { openBooks, openLedger, spending } from './books.js'

/** Neither the first transfers of a process nor its last are measured. */
const WARM_UP_MS = 1000
const DURATION_MS = 2000

const { url, how, tenants, callers, run, index } = JSON.parse(process.argv[2])
const { post, close } = how === 'queue' ? await throughQueue() : commitEach()

process.send('ready')
await once(process, 'message')
const startedMs = performance.now()
let counted = 0
const caller = async (_unused, number) => {
  for (let count = 0; performance.now() - startedMs < WARM_UP_MS + DURATION_MS; count += 1) {
    const tenantId = `tenant${(number + index * callers + count * 7) % tenants}`
    await post(spending(tenantId, `p${run}-${index}-${number}-${count}`))
    const elapsedMs = performance.now() - startedMs
    if (elapsedMs > WARM_UP_MS && elapsedMs < WARM_UP_MS + DURATION_MS) counted += 1
  }
}
await Promise.all(Array.from({ length: callers }, caller))
process.send({ perSecond: (counted * 1000) / DURATION_MS })
await close()
process.disconnect()

async function throughQueue() {
  const database = await openBooks(url, { migrate: false })
  const queue = openLedger().queue(database)
  return { post: (request) => queue.post(request), close: () => database.close() }
}

function commitEach() {
  const pool = new pg.Pool({ connectionString: url })
  const ledger = openLedger()
  const post = async (request) => {
    const client = await pool.connect()
    try {
      await client.query('BEGIN')
      await ledger.post(managerOf(client), request)
      await client.query('COMMIT')
    } finally {
      client.release()
    }
  }
  return { post, close: () => pool.end() }
}

/** As much of TypeORM's manager as the ledger asks for, on a bare client. */
function managerOf(client) {
  const query = async (sql, parameters) => (await client.query(sql, parameters)).rows
  const queryRunner = { isTransactionActive: true, query }
  return { queryRunner, query, connection: { options: { type: 'postgres' } } }
}
