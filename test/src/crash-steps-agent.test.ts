import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Account, AccountBalances, TransactionPage } from '@veramo-studio/account-manager'
import type { ApiKeyPage } from '@veramo-studio/api-key-manager'
import type { BillingUsage, BooksReport } from '@veramo-studio/billing-manager'
import { isStudioError } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase, spawnChild } from '@veramo-studio/test-support'
import { SECRETS } from './agents/embedded.js'
import { freshEnvironment } from './agents/environment.js'
import { closeShippedAgent, openShippedAgent, type ShippedAgent } from './agents/shipped-agent.js'
import {
  AGENT_OPERATIONS,
  CREDIT_AMOUNT,
  customerAgent,
  type AgentOperation,
  type Subject,
} from './faults/agent-operations.js'
import type { AgentChildOptions } from './faults/agent-child.js'
import { inPairs } from './faults/in-pairs.js'
import { distinctSteps, spread } from './faults/steps.js'

const SOAKING = process.env['SOAK'] === '1'
/** At how many steps a call is killed without SOAK, which kills it at each. */
const STEPS = {
  sqlite: { accountManagerCredit: 2, apiKeyManagerCreate: 2, didManagerCreate: 5, createVerifiableCredential: 3 },
  postgres: { accountManagerCredit: 1, apiKeyManagerCreate: 1, didManagerCreate: 3, createVerifiableCredential: 2 },
}
const LEASE_MS = 1000
/** After a SIGKILL, what a call has left open is ended within this time. */
const RECOVERY_LIMIT_MS = 5000
const LIMIT_MS = SOAKING ? 1_200_000 : 120_000

const recorded = new Map<string, string[]>()

/** What there is of an operation. */
interface Traces {
  /** Units used of the operation's meter. */
  used: number
  held: number
  /** What it is there to make, by id. */
  made: string[]
}

describeOnEachDatabase('a process that is killed at any step of a call', (fresh, engine) => {
  let parts: ShippedAgent
  let environment: Record<string, string>
  let subjects = 0

  beforeAll(async () => {
    environment = { ...(await freshEnvironment(await fresh())), ...SECRETS }
    Object.assign(process.env, environment)
    parts = await openShippedAgent({ leaseMs: LEASE_MS })
    parts.billing.startRecovery()
    // The first metered call of a database notes down the plans: no call after it takes those steps.
    await newSubject('createVerifiableCredential')
  })
  afterAll(() => closeShippedAgent(parts))

  const execute = <Result>(method: string, args: object) => parts.agent.execute<object, Result>(method, args)
  const run = (options: Omit<AgentChildOptions, 'environment' | 'leaseMs'>) =>
    spawnChild(new URL('./faults/agent-child.js', import.meta.url), { environment, leaseMs: LEASE_MS, ...options })
      .ended

  /** A customer of its own for each step. */
  async function newSubject(operation: string): Promise<Subject> {
    const { customerId } = await execute<Account>('accountManagerCreate', { name: 'x' })
    const subject = { customerId, idempotencyKey: `key-${(subjects += 1)}`, issuer: '' }
    if (operation !== 'createVerifiableCredential') return subject
    const first = customerAgent(parts.agent, { ...subject, idempotencyKey: 'first' })
    const { did } = await first.execute<object, { did: string }>('didManagerCreate', {})
    return { ...subject, issuer: did }
  }

  async function usageOf({ customerId }: Subject, meter: string): Promise<Pick<Traces, 'used' | 'held'>> {
    const { meters } = await execute<BillingUsage>('billingManagerGetUsage', { customerId })
    const { used = 0, held = 0 } = meters.find((each) => each.meter === meter) ?? {}
    return { used, held }
  }

  const TRACES: Record<string, (subject: Subject) => Promise<Traces>> = {
    accountManagerCredit: async ({ customerId }) => {
      const { items } = await execute<TransactionPage>('accountManagerListTransactions', { customerId })
      const { balances } = await execute<AccountBalances>('accountManagerGetBalances', { customerId })
      const credit = balances.find(({ source, network }) => source === 'credit' && network === 'mainnet')
      expect(credit?.available.amount).toBe(items.length === 0 ? '0' : CREDIT_AMOUNT)
      return { used: items.length, held: 0, made: items.map(({ transactionId }) => transactionId) }
    },
    apiKeyManagerCreate: async ({ customerId }) => {
      const { items } = await execute<ApiKeyPage>('apiKeyManagerList', { customerId })
      for (const key of items) expect(key).toMatchObject({ name: 'made', status: 'active', customerId })
      return { used: items.length, held: 0, made: items.map(({ keyId }) => keyId) }
    },
    didManagerCreate: async (subject) => {
      const found = await customerAgent(parts.agent, subject).execute<object, { did: string }[]>('didManagerFind', {})
      return { ...(await usageOf(subject, 'did.create')), made: found.map(({ did }) => did) }
    },
    createVerifiableCredential: async (subject) => ({ ...(await usageOf(subject, 'credential.issue')), made: [] }),
  }

  /** What a client gets that sends the same again, until its first call has been resolved. */
  async function sendAgain(operation: AgentOperation, subject: Subject): Promise<unknown> {
    try {
      return await operation(parts.agent, subject)
    } catch (error) {
      if (!isStudioError(error)) throw error
      return { code: error.code, ...error.extensions }
    }
  }

  async function expectResolved(tracesOf: () => Promise<Traces>): Promise<Traces> {
    const deadline = Date.now() + RECOVERY_LIMIT_MS
    let traces = await tracesOf()
    while (traces.held > 0 && Date.now() < deadline) {
      await sleep(50)
      traces = await tracesOf()
    }
    expect(traces).toMatchObject({ held: 0 })
    return traces
  }

  async function expectWholeBooks(customerId: string): Promise<void> {
    expect(await execute<BooksReport>('billingManagerVerifyBooks', { customerId })).toMatchObject({ valid: true })
  }

  /** Both engines take the same steps: they are recorded once, but for SOAK. */
  async function recordSteps(name: string, tracesOf: (subject: Subject) => Promise<Traces>): Promise<string[]> {
    const known = SOAKING ? undefined : recorded.get(name)
    if (known !== undefined) return known
    const subject = await newSubject(name)
    const { lines, exitCode } = await run({ operation: name, ...subject })
    expect(exitCode).toBe(0)
    expect(await tracesOf(subject)).toMatchObject({ used: 1, held: 0 })
    recorded.set(name, lines)
    return lines
  }

  it.each(Object.entries(AGENT_OPERATIONS))(
    'has done %s once or not at all, and the client that asks again gets the one true answer',
    async (name, operation) => {
      const tracesOf = TRACES[name] as (subject: Subject) => Promise<Traces>
      const lines = await recordSteps(name, tracesOf)
      const steps = SOAKING
        ? lines
        : spread(distinctSteps(lines), STEPS[engine][name as keyof (typeof STEPS)['sqlite']])
      await inPairs(steps, async (dieAt) => {
        const subject = await newSubject(name)
        const { signal } = await run({ operation: name, ...subject, dieAt })
        expect([dieAt, signal]).toEqual([dieAt, 'SIGKILL'])
        const found = await expectResolved(() => tracesOf(subject))
        if (name !== 'createVerifiableCredential') expect([dieAt, found.made.length]).toEqual([dieAt, found.used])
        await expectWholeBooks(subject.customerId)

        const again = await sendAgain(operation, subject)
        // A call without an idempotency key is another call: its answer is a secret that nobody keeps.
        const isAnother = name === 'apiKeyManagerCreate'
        const after = await tracesOf(subject)
        expect([dieAt, after.used]).toEqual([dieAt, isAnother ? found.used + 1 : 1])
        for (const id of found.made) expect(after.made).toContain(id)
        if (name === 'didManagerCreate') {
          expect(after.made).toHaveLength(1)
          expect([dieAt, didNamedBy(again)]).toEqual([dieAt, after.made[0]])
        }
        if (name === 'createVerifiableCredential') expect(again).toMatchObject({ proof: { type: 'JwtProof2020' } })
        if (name === 'accountManagerCredit') expect(again).toMatchObject({ transactionId: after.made[0] })
        if (!isAnother) expect(await sendAgain(operation, subject)).toEqual(again)
        expect((await tracesOf(subject)).used).toBe(after.used)
        await expectWholeBooks(subject.customerId)
      })
    },
    LIMIT_MS,
  )
})

/** The DID of an answer: its own, or the one that was made by the call whose answer is lost. */
function didNamedBy(answer: unknown): string | undefined {
  const { did, code, made = [] } = answer as { did?: string; code?: string; made?: { kind: string; id: string }[] }
  return code === 'answer_lost' ? made.find(({ kind }) => kind === 'did')?.id : did
}
