import { createSecretKey } from 'node:crypto'
import { createAgent, type IAgentPlugin, type TAgent } from '@veramo/core'
import { Ledger, Entities as ledgerEntities, migrations as ledgerMigrations } from '@veramo-studio/ledger'
import {
  kitErrors,
  ManualClock,
  openDatabase,
  type Database,
  type Entity,
  type Migration,
} from '@veramo-studio/plugin-kit'
import type { FreshDatabase } from '@veramo-studio/test-support'
import {
  BillingManager,
  Entities,
  migrations,
  type AnswerSeal,
  type BillingManagerOptions,
  type BillingManagerReserveArgs,
  type BillingNetwork,
  type IBillingControls,
  type IBillingManager,
  type MeterUsage,
  type MethodRule,
  type PlanConfiguration,
  type ReserveDecision,
} from '../index.js'

/** Calls are decided in two ways, which must not differ. */
export const MODES = [
  { how: 'with those that wait', alone: false },
  { how: 'each call alone', alone: true },
]

export const NOW = new Date('2030-03-01T12:00:00.000Z')

export const METHODS: Record<string, MethodRule> = {
  resolveDid: { effect: 'pure', free: true },
  didManagerCreate: { effect: 'stored', meter: 'did.create', makes: 'did' },
  createVerifiableCredential: { effect: 'pure', meter: 'credential.issue' },
  apiKeyManagerCreate: { effect: 'stored', meter: 'key.create', makes: 'key', secret: true },
  cheqdCreate: { effect: 'ledger', meter: 'did.create' },
}

/** Three DIDs a month and more for money; five credentials and no more; keys in plenty. */
export const BUILD: PlanConfiguration = {
  plan: 'build',
  limits: { 'did.create': 3, 'credential.issue': 5, 'key.create': 1000 },
  prices: { 'did.create': '100' },
}

export const TRIAL: PlanConfiguration = {
  plan: 'trial',
  trialDays: 30,
  limits: { 'did.create': 2, 'credential.issue': 1, 'key.create': 10 },
  prices: { 'did.create': '1000' },
}

export interface Studio {
  agent: TAgent<IBillingManager & IBillingControls>
  billing: BillingManager
  database: Database
  ledger: Ledger
  clock: ManualClock
  reserve: (args: BillingManagerReserveArgs) => Promise<ReserveDecision>
  /** Reserves a unit that there is, and returns the id of the reservation. */
  start: (customerId: string, method: string, more?: Partial<BillingManagerReserveArgs>) => Promise<string>
  /** Gives money as an operator or a deposit does. */
  pay: (customerId: string, account: `${'credit' | 'deposit'}:${BillingNetwork}`, amount: bigint) => Promise<void>
  balance: (customerId: string, code: string, asset: string) => Promise<bigint>
  /** Ends what runs in the background, and disconnects. */
  close: () => Promise<void>
  /** Disconnects as a process does that is killed: its heartbeats end, and its calls stay open. */
  kill: () => Promise<void>
}

export interface StudioOptions extends Partial<BillingManagerOptions> {
  plugins?: IAgentPlugin[]
  /** Lets Veramo check arguments and results against the schema. */
  schemaValidation?: boolean
  /** What the plugin gets in place of the database. */
  wrapDatabase?: (database: Database) => Database
  /** Default true. */
  sealsAnswers?: boolean
  /** Decides and ends each call alone, also those that could be decided together. */
  alone?: boolean
  /** Besides those of the plugin. */
  tables?: { entities: readonly Entity[]; migrations: readonly Migration[] }
}

export async function openStudio(url: string, options: StudioOptions = {}): Promise<Studio> {
  const {
    plugins = [],
    schemaValidation = false,
    sealsAnswers = true,
    tables,
    wrapDatabase,
    alone,
    ...settings
  } = options
  const clock = settings.clock instanceof ManualClock ? settings.clock : new ManualClock(NOW)
  const database = await openDatabase({
    url,
    entities: [ledgerEntities, Entities, ...(tables ? [tables.entities] : [])],
    migrations: [ledgerMigrations, migrations, ...(tables ? [tables.migrations] : [])],
    readers: 2,
  })
  const ledger = new Ledger({ chainKey: createSecretKey(Buffer.alloc(32, 7)), clock })
  const billing = new BillingManager({
    ...{ database: wrapDatabase?.(database) ?? database, ledger, clock, methods: METHODS, plans: [BUILD, TRIAL] },
    ...{ recovery: 'manual', leaseMs: 3_600_000, ...(sealsAnswers && { answers: reversingSeal }) },
    ...settings,
  })
  if (alone === true) decideAlone(billing)
  const agent = createAgent<IBillingManager & IBillingControls>({ plugins: [billing, ...plugins], schemaValidation })
  const reserve: Studio['reserve'] = (args) => agent.billingManagerReserve(args)
  return {
    ...{ agent, billing, database, ledger, clock, reserve },
    start: async (customerId, method, more = {}) => {
      const decision = await reserve({ customerId, method, ...more })
      if (decision.reservationId === undefined) throw new Error(`not reserved: ${JSON.stringify(decision)}`)
      return decision.reservationId
    },
    pay: async (customerId, account, amount) => {
      const asset = `${account.split(':')[1]}:ncheq`
      const leg = { from: 'outside:operator', to: account, asset, amount }
      const transferId = `pay-${(payments += 1)}`
      await database.write((manager) => ledger.post(manager, { tenantId: customerId, transferId, legs: [leg] }), {
        acrossTenants: true,
      })
    },
    balance: (tenantId, code, asset) =>
      database.read((manager) => ledger.balance(manager, { tenantId, code, asset }), { acrossTenants: true }),
    close: async () => {
      await billing.stop()
      await database.close()
    },
    kill: () => database.close(),
  }
}

function decideAlone(billing: BillingManager): void {
  const { deps } = billing as unknown as { deps: Record<'calls' | 'endings', { ask: () => Promise<undefined> }> }
  for (const queue of [deps.calls, deps.endings]) queue.ask = async () => undefined
}

let payments = 0
let customers = 0

/** A customer of its own for each test: those of a suite share a database, which is slow to make. */
export function newCustomer(): string {
  return `customer-${(customers += 1)}`
}

/** The same database each time, without what the test before has left in it. */
export function emptiedDatabase(fresh: FreshDatabase, more: readonly Entity[] = []): FreshDatabase {
  let made: Promise<string> | undefined
  return async () => {
    if (made === undefined) return (made = fresh())
    const url = await made
    const entities = [ledgerEntities, Entities, more]
    const database = await openDatabase({ url, entities, migrations: [], migrate: false })
    await database.write(
      async (manager) => {
        for (const { tableName } of manager.connection.entityMetadatas)
          await manager.query(`DELETE FROM "${tableName}"`)
      },
      { acrossTenants: true },
    )
    await database.close()
    return url
  }
}

/** The same database each time. */
export function sharedDatabase(fresh: FreshDatabase): FreshDatabase {
  let url: Promise<string> | undefined
  return () => (url ??= fresh())
}

/** Seals nothing, but shows that what is kept is not what was given, and binds it to its place. */
export const reversingSeal: AnswerSeal = {
  seal: async (_manager, { tenantId, context }, plaintext) => reverse(JSON.stringify([tenantId, context, plaintext])),
  open: async (place, sealed) => {
    const [tenantId, context, plaintext] = JSON.parse(reverse(sealed)) as [string, string, string]
    if (tenantId !== place.tenantId || context !== place.context) throw new Error('sealed for another place')
    return plaintext
  },
}

function reverse(text: string): string {
  return [...text].reverse().join('')
}

export interface TestAccount {
  plan: string
  createdAt: string
}

/** An account manager that knows some customers. */
export function accountsPlugin(accounts: Record<string, TestAccount>): IAgentPlugin {
  return {
    methods: {
      accountManagerGet: async ({ customerId }: { customerId: string }) => {
        const account = accounts[customerId]
        if (account === undefined) throw kitErrors.not_found('customer not found')
        const paymentAccount = { mainnet: `cheqd1${customerId}main`, testnet: `cheqd1${customerId}test` }
        return { customerId, ...account, paymentAccount }
      },
    },
  }
}

/** What an error says to whoever gets it. */
export async function errorOf(call: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await call
  } catch (error) {
    const { message, code, status, extensions } = error as Error & Record<string, unknown>
    return { message, code, status, extensions }
  }
  throw new Error('the call did not fail')
}

/** Everything of a customer in the tables of this package and in the journal, to see that nothing has changed. */
export async function rowsOf({ database }: Studio, tenantId: string): Promise<Record<string, unknown>> {
  const tables = ['subscription', 'allowance', 'grant', 'reservation', 'idempotency', 'ledger_entry']
  const rows: Record<string, unknown> = {}
  for (const table of tables) {
    const sql = `SELECT * FROM "studio_${table}" WHERE "tenantId" = '${tenantId}'`
    const found = await database.readRows<object>(sql, [], { acrossTenants: true })
    // In an order of their own: a database may give them in any.
    rows[table] = found.sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1))
  }
  return rows
}

export const DIGEST = 'a'.repeat(64)
export const OTHER_DIGEST = 'b'.repeat(64)

/** Makes all other processes look as if they had died long ago. */
export async function buryOthers({ database, billing }: Studio): Promise<void> {
  const own = (billing as unknown as { deps: { lease: { processId: string } } }).deps.lease.processId
  const sql = `UPDATE "studio_process" SET "heartbeatAt" = '2000-01-01T00:00:00.000Z' WHERE "processId" <> '${own}'`
  await database.write((manager) => manager.query(sql), { acrossTenants: true })
}

export async function usageOf(studio: Studio, customerId: string, meter: string): Promise<MeterUsage> {
  const { meters } = await studio.agent.billingManagerGetUsage({ customerId })
  const found = meters.find((each) => each.meter === meter)
  if (found === undefined) throw new Error(`no meter ${meter}`)
  return found
}
