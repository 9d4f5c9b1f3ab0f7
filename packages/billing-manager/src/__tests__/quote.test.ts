import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { runAsPrincipal, runInTenant } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { errorOf, newCustomer, openStudio, sharedDatabase, rowsOf, type Studio } from './studio.js'

describeOnEachDatabase('billingManagerQuote', (fresh) => {
  const shared = sharedDatabase(fresh)
  let studio: Studio
  let customerId: string

  beforeEach(async () => {
    customerId = newCustomer()
    studio = await openStudio(await shared())
  })

  afterEach(() => studio.close())

  const quote = (method = 'didManagerCreate') => studio.agent.billingManagerQuote({ customerId, method, args: {} })
  const amountOf = (amount: string) => ({ denom: 'ncheq', amount })
  const unit = { meter: 'did.create', units: 1 }

  it('names who would pay, and changes nothing', async () => {
    expect(await quote()).toEqual({ ...unit, coveredBy: ['allowance'], price: amountOf('0'), affordable: true })
    expect(Object.values(await rowsOf(studio, customerId)).flat()).toEqual([])
    for (let count = 0; count < 3; count += 1) await studio.start(customerId, 'didManagerCreate')
    await studio.pay(customerId, 'deposit:mainnet', 100n)
    const before = await rowsOf(studio, customerId)
    expect(await quote()).toEqual({ ...unit, coveredBy: ['deposit'], price: amountOf('100'), affordable: true })
    expect(await rowsOf(studio, customerId)).toEqual(before)
    await studio.pay(customerId, 'credit:mainnet', 100n)
    expect(await quote()).toMatchObject({ coveredBy: ['credit'] })
    const grant = { customerId, meter: 'did.create', units: 1, reason: 'gift', idempotencyKey: 'k' }
    await studio.agent.billingManagerGrantCredit(grant)
    expect(await quote()).toMatchObject({ coveredBy: ['grant'], price: amountOf('0') })
  })

  it('says what it would cost where it cannot be paid, and where nothing is sold', async () => {
    for (let count = 0; count < 3; count += 1) await studio.start(customerId, 'didManagerCreate')
    expect(await quote()).toEqual({ ...unit, coveredBy: [], price: amountOf('100'), affordable: false })
    for (let count = 0; count < 5; count += 1) await studio.start(customerId, 'createVerifiableCredential')
    const none = { meter: 'credential.issue', units: 1, coveredBy: [], price: amountOf('0'), affordable: false }
    expect(await quote('createVerifiableCredential')).toEqual(none)
  })

  it('agrees with what a call is then charged', async () => {
    await studio.pay(customerId, 'credit:mainnet', 100n)
    await studio.pay(customerId, 'deposit:mainnet', 150n)
    for (let count = 0; count < 6; count += 1) {
      const { affordable } = await quote()
      const { decision } = await studio.reserve({ customerId, method: 'didManagerCreate' })
      expect({ count, affordable }).toEqual({ count, affordable: decision === 'reserved' })
    }
  })

  it('quotes nothing for a free method, and does not find one without a rule', async () => {
    const free = { meter: null, units: 0, coveredBy: [], price: amountOf('0'), affordable: true }
    expect(await quote('resolveDid')).toEqual(free)
    expect(await errorOf(quote('constructor'))).toMatchObject({ code: 'not_found', status: 404 })
  })

  it('takes the balances of the calling key, or those that are asked for', async () => {
    for (let count = 0; count < 3; count += 1) await studio.start(customerId, 'didManagerCreate')
    await studio.pay(customerId, 'credit:testnet', 100n)
    const method = 'didManagerCreate'
    const principal = { tenantId: customerId, role: 'customer', permissions: ['*'], environment: 'test' } as const
    const asTest = (environment?: 'live') =>
      runAsPrincipal({ ...principal, permissions: ['*'] }, () =>
        studio.agent.billingManagerQuote({ method, ...(environment && { environment }) }),
      )
    expect((await asTest()).affordable).toBe(true)
    expect((await asTest('live')).affordable).toBe(false)
    expect((await quote()).affordable).toBe(false)
  })

  it("quotes for a customer's own account alone", async () => {
    expect(await errorOf(runInTenant('bob', () => quote()))).toMatchObject({ code: 'not_found' })
  })
})
