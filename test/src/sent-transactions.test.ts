import { createSecretKey } from 'node:crypto'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { createAgent, type IAgent } from '@veramo/core'
import {
  BillingManager,
  Entities,
  migrations,
  type BillingUsage,
  type TransactionOutcome,
} from '@veramo-studio/billing-manager'
import { Entities as ledgerEntities, Ledger, migrations as ledgerMigrations } from '@veramo-studio/ledger'
import { kitErrors, markBroadcast, openDatabase, type Database, type Principal } from '@veramo-studio/plugin-kit'
import { tenantAgent } from '@veramo-studio/tenant-agent'
import { describeOnEachDatabase } from '@veramo-studio/test-support'

const TRANSACTION = {
  network: 'testnet',
  txHash: 'AA',
  sender: 'cheqd1x',
  sequence: '1',
  timeoutHeight: '9',
  txBytes: '',
}
const DID = { kind: 'did', id: 'did:cheqd:testnet:1' }
const principal: Principal = { tenantId: 'alice', role: 'customer', permissions: ['*'], environment: 'test' }

interface Failure extends Error {
  code: string
  status: number
  retryable: boolean
  extensions: object
}

describeOnEachDatabase('a method that sends a transaction', (fresh) => {
  let database: Database
  let billing: BillingManager
  let agent: IAgent
  let outcome: TransactionOutcome
  let runs: number
  /** What the method does after it has marked its transaction. */
  let send: () => Promise<unknown>

  beforeEach(async () => {
    database = await openDatabase({
      url: await fresh(),
      entities: [ledgerEntities, Entities],
      migrations: [ledgerMigrations, migrations],
    })
    billing = new BillingManager({
      database,
      ledger: new Ledger({ chainKey: createSecretKey(Buffer.alloc(32, 1)) }),
      methods: {
        writeToChain: { effect: 'ledger', meter: 'did.create' },
        billingManagerGetUsage: { effect: 'pure', free: true },
      },
      plans: [{ plan: 'build', limits: { 'did.create': 5 } }],
      outcomes: [{ outcomeOf: async () => outcome }],
      leaseMs: 300,
    })
    runs = 0
    const writeToChain = async () => {
      runs += 1
      await markBroadcast(TRANSACTION)
      return send()
    }
    agent = createAgent({ plugins: [billing, { methods: { writeToChain } }] })
    billing.startRecovery()
  })

  afterEach(async () => {
    await billing.stop()
    await database.close()
  })

  const call = (idempotencyKey?: string) =>
    tenantAgent(agent, principal, idempotencyKey === undefined ? {} : { idempotencyKey }).execute<object, unknown>(
      'writeToChain',
      {},
    )
  const failureOf = (failing: Promise<unknown>) =>
    failing.then(
      () => Promise.reject(new Error('it did not fail')),
      (error: Failure) => error,
    )
  const counts = async () => {
    const { meters } = await tenantAgent(agent, principal).execute<object, BillingUsage>('billingManagerGetUsage', {})
    return { used: meters[0]?.used, held: meters[0]?.held }
  }

  it('is paid for where it answers', async () => {
    send = async () => ({ did: DID.id })
    expect(await call('k')).toEqual({ did: DID.id })
    // Nothing seals answers here: that there was one is all that is kept.
    expect(await failureOf(call('k'))).toMatchObject({ code: 'answer_withheld' })
    expect([runs, await counts()]).toEqual([1, { used: 1, held: 0 }])
  })

  it.each([
    ['a fault', () => kitErrors.store_unavailable('gone')],
    ['a failure', () => new Error('timeout')],
  ])('stays open while nobody knows, where it ends with %s, and is told once it is known', async (_name, error) => {
    send = async () => Promise.reject(error())
    outcome = { outcome: 'unknown' }
    for (let attempt = 0; attempt < 2; attempt += 1) {
      expect(await failureOf(call('k'))).toMatchObject({
        ...{ code: 'outcome_pending', status: 409, retryable: false },
        extensions: { transaction: { network: 'testnet', txHash: 'AA' } },
      })
    }
    expect([runs, await counts()]).toEqual([1, { used: 0, held: 1 }])
    outcome = { outcome: 'settled', made: [DID] }
    await waitFor(async () => (await counts()).held === 0)
    expect(await failureOf(call('k'))).toMatchObject({ code: 'answer_lost', extensions: { made: [DID] } })
    expect([runs, await counts()]).toEqual([1, { used: 1, held: 0 }])
  })

  it('is free, and fails as it failed, where the transaction has', async () => {
    send = async () => Promise.reject(new Error('out of gas'))
    outcome = { outcome: 'voided', reason: 'failed' }
    expect((await failureOf(call('k'))).message).toBe('out of gas')
    expect(await counts()).toEqual({ used: 0, held: 0 })
  })

  it('says what it has made where the transaction was executed though it failed', async () => {
    send = async () => Promise.reject(new Error('timeout'))
    outcome = { outcome: 'settled', made: [DID] }
    expect(await failureOf(call())).toMatchObject({ code: 'answer_lost', status: 409, extensions: { made: [DID] } })
    expect(await counts()).toEqual({ used: 1, held: 0 })
  })

  it('sends nothing where the call has been given up', async () => {
    let sent = false
    send = async () => {
      sent = true
      return 1
    }
    const mark = billing.markBroadcast.bind(billing)
    billing.markBroadcast = async (reservation, transaction) => {
      await billing.void(reservation)
      return mark(reservation, transaction)
    }
    expect(await failureOf(call('k'))).toMatchObject({ code: 'store_unavailable' })
    expect([sent, await counts()]).toEqual([false, { used: 0, held: 0 }])
  })

  it('sends nothing to another network than the one that its caller is bound to', async () => {
    let sent = false
    send = async () => (sent = true)
    const bound = tenantAgent(agent, { ...principal, network: 'mainnet' })
    const failure = await failureOf(bound.execute<object, unknown>('writeToChain', {}))
    expect(failure).toMatchObject({ code: 'permission_denied', status: 403 })
    expect([sent, await counts()]).toEqual([false, { used: 0, held: 0 }])
    const own = tenantAgent(agent, { ...principal, network: 'testnet' })
    expect(await own.execute<object, unknown>('writeToChain', {})).toBe(true)
  })

  it('runs unmetered for the operator’s own code', async () => {
    send = async () => 'done'
    expect(await agent.execute('writeToChain', {})).toBe('done')
  })
})

async function waitFor(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50))
}
