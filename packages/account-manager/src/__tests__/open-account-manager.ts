import { createAgent, type TAgent } from '@veramo/core'
import { ManualClock, openDatabase, type Database } from '@veramo-studio/plugin-kit'
import { AccountManager, Entities, migrations, type IAccountManager } from '../index.js'
import { CreateTestPaymentKey, RecordingPaymentKeys, TestPaymentKey } from './recording-payment-keys.js'

export interface OpenedAccountManager {
  database: Database
  agent: TAgent<IAccountManager>
  paymentKeys: RecordingPaymentKeys
  clock: ManualClock
}

/** An agent with an account manager, as a user embeds one; arguments and results are held against the schema. */
export async function openAccountManager(url: string, defaultPlan?: string): Promise<OpenedAccountManager> {
  const database = await openDatabase({
    url,
    entities: [Entities, TestPaymentKey],
    migrations: [migrations, CreateTestPaymentKey],
  })
  const paymentKeys = new RecordingPaymentKeys()
  const clock = new ManualClock(new Date('2025-11-21T10:00:00.000Z'))
  const plugin = new AccountManager({ database, paymentKeys, clock, ...(defaultPlan && { defaultPlan }) })
  const agent = createAgent<IAccountManager>({ plugins: [plugin], schemaValidation: true })
  return { database, agent, paymentKeys, clock }
}
