import BetterSqlite3 from 'better-sqlite3'
import pg from 'pg'
import type { Steps } from './steps.js'

type Method = (this: object, ...args: unknown[]) => unknown

/** Lets all that this process says to a database, by either driver, be steps. Nothing in the product knows of it. */
export function watchDrivers(steps: Steps): void {
  const sqlite = BetterSqlite3.prototype as unknown as Record<string, Method>
  const prepare = sqlite['prepare'] as Method
  sqlite['prepare'] = function (sql) {
    const statement = prepare.call(this, sql) as Record<string, Method>
    for (const name of ['run', 'all', 'get']) {
      const execute = statement[name] as Method
      statement[name] = (...parameters) => steps.run(this, sql, () => execute.apply(statement, parameters))
    }
    return statement
  }
  const client = pg.Client.prototype as unknown as Record<string, Method>
  const query = client['query'] as Method
  client['query'] = function (...args) {
    const [config] = args
    const text = typeof config === 'object' && config !== null && 'text' in config ? config.text : config
    return steps.run(this, text, () => query.apply(this, args))
  }
}

/** As the machine's power cut would: at once, without a chance to tidy up. */
export function dieHere(): void {
  process.kill(process.pid, 'SIGKILL')
}
