import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import type { Account } from '@veramo-studio/account-manager'
import type { BillingUsage, BooksReport, MeterUsage } from '@veramo-studio/billing-manager'
import { isStudioError, ManualClock, StudioError, type Principal } from '@veramo-studio/plugin-kit'
import { tenantAgent } from '@veramo-studio/tenant-agent'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { SECRETS } from './agents/embedded.js'
import { freshEnvironment } from './agents/environment.js'
import type { ServiceProcess } from './agents/service-process.js'
import { closeShippedAgent, openShippedAgent, type ShippedAgent } from './agents/shipped-agent.js'
import { DID_METER, TRIAL_DIDS } from './agents/usage.js'
import { CREDIT_AMOUNT } from './faults/agent-operations.js'
import {
  callService,
  countAnswers,
  newRemoteCustomer,
  operate,
  remoteBooks,
  remoteDids,
  remoteUsage,
  unexpectedAnswers,
} from './faults/service-client.js'
import { startedServices } from './faults/services.js'

const RACERS = 50
const YEAR_MS = 366 * 24 * 3_600_000
/** A revocation reaches every process within this time. */
const REVOKED_EVERYWHERE_MS = 1000

/** What a call comes to: its result, or the code, status and extensions of its error. */
type Outcome = Record<string, unknown>

type Methods = Record<string, (...args: unknown[]) => Promise<unknown>>

describeOnEachDatabase('an idempotency key', (fresh) => {
  const clock = new ManualClock(new Date())
  let parts: ShippedAgent
  let customerId: string

  beforeAll(async () => {
    Object.assign(process.env, await freshEnvironment(await fresh()), SECRETS)
    const secretKeys = { effect: 'stored', meter: 'credential.issue', makes: 'key', secret: true } as const
    parts = await openShippedAgent({ clock: { now: () => clock.now() } }, { apiKeyManagerCreate: secretKeys })
  })
  afterAll(() => closeShippedAgent(parts))
  beforeEach(async () => {
    customerId = await newCustomerId()
  })

  const execute = <Result>(method: string, args: object) => parts.agent.execute<object, Result>(method, args)
  const newCustomerId = async () => (await execute<Account>('accountManagerCreate', { name: 'x' })).customerId

  async function call(
    method: string,
    args: object,
    more: Partial<Principal> & { key?: string } = {},
  ): Promise<Outcome> {
    const { key: idempotencyKey = 'the-one', ...others } = more
    const principal: Principal = {
      ...{ tenantId: customerId, role: 'customer', permissions: ['*'], environment: 'live' },
      ...others,
    }
    try {
      return await tenantAgent(parts.agent, principal, { idempotencyKey }).execute<object, Outcome>(method, args)
    } catch (error) {
      if (!isStudioError(error)) return { message: error instanceof Error ? error.message : String(error) }
      return { code: error.code, status: error.status, ...error.extensions }
    }
  }
  const create = (args: object = {}, more: Partial<Principal> & { key?: string } = {}) =>
    call('didManagerCreate', args, more)

  async function usage(of = customerId, meter = DID_METER): Promise<MeterUsage> {
    const { meters } = await execute<BillingUsage>('billingManagerGetUsage', { customerId: of })
    return meters.find((each) => each.meter === meter) as MeterUsage
  }

  /** Puts something in the place of the next call of a method. */
  function replaceNext(method: string, replacement: (original: () => Promise<unknown>) => Promise<unknown>): void {
    const { methods } = parts.agent as unknown as { methods: Methods }
    const original = methods[method] as Methods[string]
    methods[method] = (...args) => {
      methods[method] = original
      return replacement(() => original(...args))
    }
  }

  function failNext(method: string, error: Error): void {
    replaceNext(method, () => Promise.reject(error))
  }

  /** Keeps the next call of a method from going on. */
  function holdNext(method: string): { hasBegun: Promise<void>; goOn: () => void } {
    let goOn: () => void = () => undefined
    const mayGoOn = new Promise<void>((resolve) => (goOn = resolve))
    const hasBegun = new Promise<void>((resolve) => {
      replaceNext(method, async (original) => {
        resolve()
        await mayGoOn
        return original()
      })
    })
    return { hasBegun, goOn }
  }

  it('makes one thing of 50 calls at once, which get its answer or hear that the first still runs', async () => {
    const outcomes = await Promise.all(Array.from({ length: RACERS }, () => create()))
    const answered = outcomes.filter((outcome) => outcome['code'] === undefined)
    expect(answered.length).toBeGreaterThan(0)
    expect(new Set(answered.map((answer) => answer['did'])).size).toBe(1)
    const refused = outcomes.filter((outcome) => outcome['code'] !== undefined)
    for (const refusal of refused) expect(refusal).toEqual({ code: 'idempotency_running', status: 409 })
    expect(await create()).toEqual(answered[0])
    expect(await usage()).toMatchObject({ used: 1, held: 0 })
  })

  it('takes no other body, neither while the first call runs nor after, and changes nothing then', async () => {
    const { hasBegun, goOn } = holdNext('didManagerCreate')
    const first = create({ alias: 'one' })
    await hasBegun
    const mismatch = { code: 'idempotency_mismatch', status: 422 }
    expect(await create({ alias: 'two' })).toEqual(mismatch)
    expect(await create({ alias: 'one' })).toEqual({ code: 'idempotency_running', status: 409 })
    expect(await usage()).toMatchObject({ used: 0, held: 1 })
    goOn()
    const answer = await first
    expect(answer).toMatchObject({ alias: 'one' })
    expect(await create({ alias: 'two' })).toEqual(mismatch)
    expect(await create({ alias: 'one' })).toEqual(answer)
    expect(await usage()).toMatchObject({ used: 1, held: 0 })
  })

  it('gives the first answer a year later, when the plan would give nothing any more', async () => {
    const answer = await create()
    clock.advanceMs(YEAR_MS)
    try {
      expect(await create()).toEqual(answer)
      expect(await create({}, { key: 'another' })).toMatchObject({ code: 'limit_exhausted', status: 402 })
      expect(await create()).toEqual(answer)
    } finally {
      clock.advanceMs(-YEAR_MS)
    }
    expect(await usage()).toMatchObject({ used: 1, held: 0 })
  })

  it('gives the first answer on another plan, and charges nothing on that', async () => {
    const answer = await create()
    await execute('billingManagerSetPlan', { customerId, plan: 'build' })
    expect(await create()).toEqual(answer)
    const grown = await usage()
    expect(grown).toMatchObject({ used: 1, held: 0, remaining: grown.limit - 1 })
  })

  it('of another customer is another key', async () => {
    const answer = await create()
    const tenantId = await newCustomerId()
    const others = await create({}, { tenantId })
    expect(others['did']).toEqual(expect.any(String))
    expect(others['did']).not.toBe(answer['did'])
    expect(await create({ alias: 'x' }, { tenantId: await newCustomerId() })).toMatchObject({ alias: 'x' })
    expect([(await usage()).used, (await usage(tenantId)).used]).toEqual([1, 1])
  })

  it('of another method is another key', async () => {
    const { did } = await create()
    const credential = { issuer: { id: did }, credentialSubject: { name: 'Ada' } }
    const issued = await call('createVerifiableCredential', { credential, proofFormat: 'jwt' })
    expect(issued).toMatchObject({ proof: { type: 'JwtProof2020' } })
    expect(await call('createVerifiableCredential', { credential, proofFormat: 'jwt' })).toEqual(issued)
    expect(await usage(customerId, 'credential.issue')).toMatchObject({ used: 1, held: 0 })
  })

  it('gives nothing to whoever may no longer call the method', async () => {
    const answer = await create()
    const denied = { code: 'permission_denied', status: 403, permission: 'didManagerCreate' }
    expect(await create({}, { permissions: ['didManagerFind'] })).toEqual(denied)
    expect(await create({ alias: 'x' }, { permissions: ['didManagerFind'] })).toEqual(denied)
    expect(await create()).toEqual(answer)
    expect(await usage()).toMatchObject({ used: 1, held: 0 })
  })

  it('gives an answer again that was an error of the call, which is free and does not run again', async () => {
    const failed = await create({ provider: 'did:unknown' })
    expect(failed['did']).toBeUndefined()
    failNext('didManagerCreate', new Error('it ran again'))
    expect(await create({ provider: 'did:unknown' })).toEqual(failed)
    await create({}, { key: 'another' })
    expect(await usage()).toMatchObject({ used: 0, held: 0 })
  })

  it('never gives a secret again, and keeps none', async () => {
    const { token } = await call('apiKeyManagerCreate', { name: 'made' })
    expect(token).toEqual(expect.stringMatching(/^vs_live_/))
    const withheld = { code: 'answer_withheld', status: 409 }
    expect(await call('apiKeyManagerCreate', { name: 'made' })).toEqual(withheld)
    const [row] = await parts.database.read(
      (manager) => manager.query<object[]>(`SELECT * FROM "studio_idempotency" WHERE "tenantId" = '${customerId}'`),
      { acrossTenants: true },
    )
    expect(row).toMatchObject({ state: 'withheld', sealedAnswer: null, answerDigest: null, made: null })
    expect(await usage(customerId, 'credential.issue')).toMatchObject({ used: 1, held: 0 })
  })

  it('is free again after a 402, for when there is money', async () => {
    for (let count = 0; count < TRIAL_DIDS; count += 1) await create({}, { key: `use-${count}` })
    expect(await create()).toMatchObject({ code: 'limit_exhausted', status: 402 })
    // Also for another body: nothing was recorded.
    expect(await create({ alias: 'x' })).toMatchObject({ code: 'limit_exhausted', status: 402 })
    const amount = { denom: 'ncheq', amount: CREDIT_AMOUNT }
    const credit = { customerId, network: 'mainnet', amount, reason: 'a test', idempotencyKey: 'x' }
    await execute('accountManagerCredit', credit)
    const answer = await create()
    expect(answer['did']).toEqual(expect.any(String))
    expect(await create()).toEqual(answer)
    expect(await usage()).toMatchObject({ used: TRIAL_DIDS + 1, held: 0 })
  })

  it.each([
    [401, 'credentials_invalid'],
    [402, 'limit_exhausted'],
    [403, 'permission_denied'],
    [429, 'rate_limited'],
    [503, 'store_unavailable'],
  ])('is free again where the method itself was refused with %i', async (status, code) => {
    failNext('didManagerCreate', new StudioError(code, 'refused', { status, title: 'Refused' }))
    expect(await create()).toMatchObject({ code, status })
    const answer = await create()
    expect(answer['did']).toEqual(expect.any(String))
    expect(await create()).toEqual(answer)
    expect(await usage()).toMatchObject({ used: 1, held: 0 })
    expect(await execute<BooksReport>('billingManagerVerifyBooks', { customerId })).toMatchObject({ valid: true })
  })
})

describeOnEachDatabase('an idempotency key at several servers', (fresh, engine) => {
  const services = startedServices()

  it('makes one thing of 50 calls at once, also of the last unit; a key that was revoked gets nothing of it', async () => {
    const servers = await services.start(await fresh(), engine === 'postgres' ? 3 : 2)
    const [first] = servers as [ServiceProcess]
    const customer = await newRemoteCustomer(first)
    const create = (index: number, idempotencyKey: string) =>
      callService(servers[index % servers.length] as ServiceProcess, { ...customer, idempotencyKey }, [
        'didManagerCreate',
        {},
      ])
    for (let unit = 1; unit < TRIAL_DIDS; unit += 1) await create(unit, `use-${unit}`)

    const answers = await Promise.all(Array.from({ length: RACERS }, (_unused, index) => create(index, 'the-one')))
    expect(unexpectedAnswers(answers, ['200', '409 idempotency_running'])).toEqual({})
    const made = new Set(answers.flatMap(({ status, body }) => (status === 200 ? [body['did']] : [])))
    expect(made.size).toBe(1)
    expect(await remoteUsage(first, customer)).toMatchObject({ used: TRIAL_DIDS, held: 0 })
    expect(await remoteDids(first, customer)).toEqual(expect.arrayContaining([...made]))
    const again = await Promise.all(servers.map((_service, index) => create(index, 'the-one')))
    expect(countAnswers(again)).toEqual({ '200': servers.length })
    expect(await remoteBooks(first)).toMatchObject({ valid: true })

    const { items } = await operate<{ items: { keyId: string }[] }>(first, 'apiKeyManagerList', {
      customerId: customer.customerId,
    })
    await operate(first, 'apiKeyManagerRevoke', { keyId: items[0]?.keyId })
    await sleep(REVOKED_EVERYWHERE_MS)
    const refused = await Promise.all(servers.map((_service, index) => create(index, 'the-one')))
    expect(countAnswers(refused)).toEqual({ '401 credentials_invalid': servers.length })
  }, 180_000)
})
