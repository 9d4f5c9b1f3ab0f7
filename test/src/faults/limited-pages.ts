/**
 * Loaded with --import before the product: on SIGUSR2 SQLite files may grow no more, as on a full disk, and on the next one
 * they may again. `full` or `free` on standard output says that it is done.
 */
import BetterSqlite3 from 'better-sqlite3'

type Method = (this: BetterSqlite3.Database, ...args: unknown[]) => unknown

const NO_LIMIT = 4_294_967_294
const prototype = BetterSqlite3.prototype as unknown as Record<string, Method>
const prepare = prototype['prepare'] as Method
const pragma = prototype['pragma'] as Method
const connections = new Set<BetterSqlite3.Database>()
prototype['prepare'] = function (...args) {
  if (!this.readonly) connections.add(this)
  return prepare.apply(this, args)
}

let isFull = false
process.on('SIGUSR2', () => {
  isFull = !isFull
  for (const connection of connections) {
    if (!connection.open) continue
    const pages = pragma.call(connection, 'page_count', { simple: true }) as number
    pragma.call(connection, `max_page_count = ${isFull ? pages : NO_LIMIT}`)
  }
  process.stdout.write(isFull ? 'full\n' : 'free\n')
})
