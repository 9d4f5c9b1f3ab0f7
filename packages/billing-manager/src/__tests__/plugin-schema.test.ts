import { expect, it } from '@jest/globals'
import { isOperatorOnly } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { DIGEST, openStudio, OTHER_DIGEST } from './studio.js'

describeOnEachDatabase('an agent that validates against the schema', (fresh) => {
  it('accepts what every method takes and returns', async () => {
    const studio = await openStudio(await fresh(), { schemaValidation: true })
    const { agent } = studio
    const customerId = 'alice'
    const idempotency = { key: 'k', digest: DIGEST }
    const call = { customerId, method: 'didManagerCreate', args: {}, environment: 'live', keyId: 'key' } as const
    const first = await agent.billingManagerReserve({ ...call, idempotency })
    const reservationId = first.reservationId ?? ''
    await agent.billingManagerSettle({ customerId, reservationId, answer: { ok: true, body: '1' } })
    const second = await agent.billingManagerReserve({ ...call, method: 'createVerifiableCredential' })
    await agent.billingManagerVoid({ customerId, reservationId: second.reservationId ?? '' })
    const decisions = [
      first,
      await agent.billingManagerReserve({ ...call, idempotency }),
      await agent.billingManagerReserve({ ...call, idempotency: { key: 'k', digest: OTHER_DIGEST } }),
      await agent.billingManagerReserve({ ...call, method: 'resolveDid' }),
    ]
    await studio.start(customerId, 'didManagerCreate')
    await studio.start(customerId, 'didManagerCreate')
    decisions.push(await agent.billingManagerReserve(call))
    const names = ['reserved', 'replayed', 'refused', 'free', 'denied']
    expect(decisions.map(({ decision }) => decision)).toEqual(names)
    const grant = { customerId, meter: 'did.create', units: 1, priority: 5, expiresAt: '2031-01-01T00:00:00Z' }
    await agent.billingManagerGrantCredit({ ...grant, reason: 'gift', idempotencyKey: 'k' })
    expect((await agent.billingManagerQuote({ customerId, method: 'didManagerCreate' })).affordable).toBe(true)
    expect((await agent.billingManagerQuote({ customerId, method: 'resolveDid' })).meter).toBeNull()
    expect((await agent.billingManagerListPlans({})).items).toHaveLength(2)
    expect((await agent.billingManagerSetPlan({ customerId, plan: 'trial', effective: 'now' })).plan).toBe('trial')
    expect((await agent.billingManagerListGrants({ customerId })).items).toHaveLength(1)
    expect((await agent.billingManagerGetUsage({ customerId })).plan).toBe('trial')
    expect((await agent.billingManagerVerifyBooks({ customerId })).valid).toBe(true)
    await studio.close()
  })

  it('has a schema for each method, and keeps eight of them for operators', async () => {
    const studio = await openStudio(await fresh())
    const methods = studio.agent.availableMethods().sort()
    expect(Object.keys(studio.agent.getSchema().components.methods as object).sort()).toEqual(methods)
    const open = methods.filter((method) => !isOperatorOnly(studio.agent.getSchema(), method))
    const customers = [
      ...['GetUsage', 'ListGrants', 'ListPlans', 'Quote'],
      ...['SetKeyBudget', 'GetKeyBudgets', 'DeleteKeyBudget', 'SetWebhook', 'GetWebhook', 'DeleteWebhook'],
    ]
    expect(open).toEqual(customers.map((name) => `billingManager${name}`).toSorted())
    expect(methods).toHaveLength(18)
    await studio.close()
  })
})
