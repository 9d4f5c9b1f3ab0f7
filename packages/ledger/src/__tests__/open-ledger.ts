import { createSecretKey } from 'node:crypto'
import { ManualClock, openDatabase, type Database } from '@veramo-studio/plugin-kit'
import { EntityManager, type QueryRunner } from 'typeorm'
import { Entities, Ledger, migrations, type HoldRequest, type LedgerLeg, type PostRequest } from '../index.js'

export const START = new Date('2026-01-01T00:00:00.000Z')
export const CHAIN_KEY = createSecretKey(Buffer.alloc(32, 7))
export const UNIT = 'unit:did.create'
export const CREDIT = 'credit:mainnet'
export const OUTSIDE = 'outside:operator'

export function openLedgerDatabase(url: string): Promise<Database> {
  return openDatabase({ url, entities: [Entities], migrations: [migrations] })
}

export interface OpenLedger {
  database: Database
  ledger: Ledger
  clock: ManualClock
}

export async function openLedger(url: string): Promise<OpenLedger> {
  const clock = new ManualClock(START)
  return { database: await openLedgerDatabase(url), ledger: new Ledger({ chainKey: CHAIN_KEY, clock }), clock }
}

/** Opening a database takes longer than most tests: a suite has one, and each of its tests finds it empty. */
export async function emptyLedger({ database, clock }: OpenLedger): Promise<void> {
  clock.set(START)
  await database.write(
    async (manager) => {
      for (const table of ['chain', 'account', 'entry', 'transfer'])
        await manager.query(`DELETE FROM "studio_ledger_${table}"`)
    },
    { acrossTenants: true },
  )
}

export function leg(from: string, to: string, amount: bigint): LedgerLeg {
  return { from, to, asset: UNIT, amount }
}

/** Each operation in a write of its own. */
export function operations({ database, ledger }: OpenLedger) {
  const fund = (tenantId: string, transferId: string, amount: bigint) =>
    database.write((manager) => ledger.post(manager, { tenantId, transferId, legs: [leg(OUTSIDE, CREDIT, amount)] }), {
      acrossTenants: true,
    })
  return {
    fund,
    post: (request: PostRequest) => database.write((manager) => ledger.post(manager, request), { acrossTenants: true }),
    hold: (request: HoldRequest) => database.write((manager) => ledger.hold(manager, request), { acrossTenants: true }),
    settle: (tenantId: string, transferId: string, amounts?: bigint[]) =>
      database.write((manager) => ledger.settle(manager, { tenantId, transferId, ...(amounts && { amounts }) }), {
        acrossTenants: true,
      }),
    void: (tenantId: string, transferId: string) =>
      database.write((manager) => ledger.void(manager, { tenantId, transferId }), { acrossTenants: true }),
    expire: (tenantId: string, transferId: string) =>
      database.write((manager) => ledger.expire(manager, { tenantId, transferId }), { acrossTenants: true }),
    reschedule: (tenantId: string, transferId: string, expiresAt: string | null) =>
      database.write((manager) => ledger.reschedule(manager, { tenantId, transferId, expiresAt }), {
        acrossTenants: true,
      }),
    balance: (tenantId: string, code: string, asset: string = UNIT) =>
      database.read((manager) => ledger.balance(manager, { tenantId, code, asset }), { acrossTenants: true }),
    /** Balances other than 0, by code. For tenants with one asset. */
    balances: async (tenantId: string) => {
      const accounts = await database.read((manager) => ledger.balances(manager, tenantId), { acrossTenants: true })
      return Object.fromEntries(accounts.flatMap(({ code, balance }) => (balance === 0n ? [] : [[code, balance]])))
    },
    /** Everything that the ledger keeps of a tenant, to see that nothing was changed. */
    everything: (tenantId: string) =>
      database.read(
        async (manager) => [
          await ledger.head(manager, tenantId),
          await ledger.balances(manager, tenantId),
          await ledger.statement(manager, { tenantId, limit: 1000 }),
          await manager.query<unknown[]>(`SELECT * FROM "studio_ledger_transfer" ORDER BY "tenantId", "transferId"`),
        ],
        { acrossTenants: true },
      ),
    verify: (tenantId?: string) => ledger.verify(database, tenantId === undefined ? {} : { tenantId }),
  }
}

/** The same manager, which lets another see each statement before it runs. */
function watched(manager: EntityManager, see: (sql: string, parameters: unknown[]) => Promise<void>): EntityManager {
  const runner = manager.queryRunner ?? manager.connection.createQueryRunner()
  const query = async (...statement: Parameters<QueryRunner['query']>): Promise<unknown> => {
    // A statement with a name is an object.
    const [sql, parameters = []] = statement as [string | { text: string }, unknown[] | undefined]
    await see(typeof sql === 'string' ? sql : sql.text, parameters)
    return runner.query(...statement)
  }
  const watcher = new Proxy(runner, {
    get: (target, property, receiver) =>
      property === 'query' ? query : (Reflect.get(target, property, receiver) as unknown),
  })
  return new EntityManager(manager.connection, watcher)
}

/** The same manager, which notes the statements that go through it. */
export function recording(manager: EntityManager): { manager: EntityManager; statements: [string, unknown[]][] } {
  const statements: [string, unknown[]][] = []
  const see = async (sql: string, parameters: unknown[]) => void statements.push([sql, parameters])
  return { manager: watched(manager, see), statements }
}

/** The same manager, behind whose back something is done once, when an operation has read and is about to write. */
export function tamperedWith(manager: EntityManager, tampering: string): EntityManager {
  let done = false
  return watched(manager, async (sql) => {
    if (done || /^\s*SELECT/.test(sql)) return
    done = true
    await manager.query(tampering)
  })
}
