import { createSecretKey, randomBytes } from 'node:crypto'
import { createAgent, type IAgentPlugin, type TAgent } from '@veramo/core'
import { Ledger, Entities as LedgerEntities, migrations as ledgerMigrations } from '@veramo-studio/ledger'
import { ManualClock, openDatabase, type Database } from '@veramo-studio/plugin-kit'
import { AccountManager, Entities, migrations, type AccountManagerOptions, type IAccountManager } from '../index.js'
import { CreateTestPaymentKey, RecordingPaymentKeys, TestPaymentKey } from './recording-payment-keys.js'

export interface OpenedAccountManager {
  database: Database
  agent: TAgent<IAccountManager>
  /** The same plugin in an agent that checks no arguments, as Veramo's agents do by default. */
  uncheckedAgent: TAgent<IAccountManager>
  ledger: Ledger
  paymentKeys: RecordingPaymentKeys
  clock: ManualClock
  plugin: AccountManager
}

export interface OpenOptions extends Partial<AccountManagerOptions> {
  clock?: ManualClock
  /** Beside the account manager, as those that listen to its events. */
  plugins?: IAgentPlugin[]
}

/** Of this run: a database that is opened again in it has the same journal. */
const chainKey = createSecretKey(randomBytes(32))

/** An agent with an account manager, as a user embeds one; arguments and results are held against the schema. */
export async function openAccountManager(
  url: string,
  { plugins: others = [], ...options }: OpenOptions = {},
): Promise<OpenedAccountManager> {
  const database = await openDatabase({
    url,
    entities: [Entities, LedgerEntities, TestPaymentKey],
    migrations: [migrations, ledgerMigrations, CreateTestPaymentKey],
  })
  const paymentKeys = new RecordingPaymentKeys()
  const clock = options.clock ?? new ManualClock(new Date('2025-11-21T10:00:00.000Z'))
  const ledger = new Ledger({ chainKey, clock })
  const settings: AccountManagerOptions = { database, paymentKeys, ledger, ...options, clock }
  const plugin = new AccountManager(settings)
  const plugins = [plugin, ...others]
  const agent = createAgent<IAccountManager>({ plugins, schemaValidation: true })
  const uncheckedAgent = createAgent<IAccountManager>({ plugins })
  return { database, agent, uncheckedAgent, ledger, paymentKeys, clock, plugin }
}
